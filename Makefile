# What a newcomer needs: `make demo` and `make test`. Each does all its set-up.

PYTHON := .venv/bin/python

.PHONY: demo test check setup packages lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    call the support line in this terminal, without keys or accounts"
	@echo "make test    check and test everything"
	@echo "make check   only style, types and layers"
	@echo "make setup   a .venv from requirements.lock"
	@echo "make lock    write requirements.lock anew from pyproject.toml (needs uv)"

demo: setup
	@$(PYTHON) main.py demo

test: setup packages check
	@$(PYTHON) main.py livekit-server
	$(PYTHON) -m pytest

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports

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
