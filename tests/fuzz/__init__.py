"""Inputs that a coverage-guided fuzzer makes up, for every place where others' words come in: `scripts/fuzz`."""
