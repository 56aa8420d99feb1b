# What a newcomer needs: `make demo` and `make test`. Each does all its set-up.

PYTHON := .venv/bin/python

.PHONY: demo test test-fast check setup packages sounds ahead mutants fuzz sbom audit lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo       call the support line in your browser, without keys or accounts"
	@echo "make test       check and test everything"
	@echo "make test-fast  only the tests that need no real part: no LiveKit, browser, phone or container"
	@echo "make check      only style, types and layers, and the page's own checks"
	@echo "make mutants    which small faults in the code no fast test would notice (hours)"
	@echo "make fuzz       everything that others' words come in by, ten minutes each (an hour and a half)"
	@echo "make ahead      what the newest pre-release of LiveKit Agents would break"
	@echo "make sbom       bills of materials (CycloneDX) in var/sbom"
	@echo "make audit      known weaknesses of the packages in the locks"
	@echo "make sounds     record the words that a line says when it has no speech"
	@echo "make setup      a .venv from requirements.lock"
	@echo "make lock       write requirements.lock anew from pyproject.toml (needs uv)"

demo: setup
	@$(PYTHON) main.py demo

test: setup packages
	@$(PYTHON) main.py livekit-server --sip || test "$(CI)" != true  # on a laptop, tests that need it are skipped
	@$(PYTHON) main.py page
	@$(PYTHON) -m tests.clients || test "$(CI)" != true
	@$(PYTHON) -m tests.storage || test "$(CI)" != true
	@$(PYTHON) -m tests.lanes

test-fast: setup
	@$(PYTHON) -m tests.lanes --fast

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports
	@$(PYTHON) main.py page --check

mutants: setup
	@scripts/mutants --sample 150
	@npm --prefix web run mutants

fuzz: setup
	@scripts/fuzz --seconds 600

ahead: setup
	@scripts/ahead

sounds: setup
	@scripts/sounds

sbom audit: setup
	@scripts/supply $@

setup: .venv/ready

.venv/ready: requirements.lock scripts/setup
	@scripts/setup

packages:
	@scripts/packages

lock:
	uv pip compile pyproject.toml --universal --generate-hashes --all-extras --group dev \
		--python-version 3.11 --no-header --output-file requirements.lock

clean:
	rm -rf .venv var
