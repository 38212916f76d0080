# Every target sets up .venv by itself, quickly when nothing changed. `make` lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_HOME ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo run test check format golden docs pictures bench soak wheel clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which with: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# Two stamps: what the program needs, and what developing it needs on top.
$(VENV)/.ready: pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@echo "installing what the tests need …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

setup: $(VENV)/.ready ## install the program into .venv
setup-dev: $(VENV)/.ready-dev ## the same, with what developing needs

demo: setup ## run the whole pipeline on the bundled demo feeds, without a network
	@$(BIN)/aggregator demo $(DEMO_HOME)

run: setup ## poll the feeds of ./feeds.opml and write ./public/
	@$(BIN)/aggregator run -v
	@$(BIN)/aggregator list --limit 20

test: setup-dev ## all tests that take seconds
	@$(BIN)/python -m pytest -q -n 2 -m "not slow"

check: setup-dev ## format, lint, types, import contracts, tests, docs, wheel: what CI runs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config pyproject.toml
	@$(BIN)/python -m pytest -q -n 2
	@$(MAKE) --no-print-directory docs-check wheel

format: setup-dev ## format the code and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

golden: setup-dev ## write the golden files anew (then read the diff)
	@UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q -n 2 -k golden

docs: setup-dev ## render the generated parts of README.md and docs/
	@$(BIN)/python -m tests.docs.render

.PHONY: docs-check
docs-check: setup-dev
	@$(BIN)/python -m tests.docs.render --check

pictures: setup-dev ## take the README's pictures from the running program
	@$(BIN)/python docs/pictures.py

bench: setup-dev ## print the figures that README and DESIGN quote
	@for each in benchmarks/bench_*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

soak: setup-dev ## kill it, fill its disk, crowd it: some twenty minutes, one table
	@$(BIN)/python -m tests.soak

wheel: setup-dev ## build the wheel, install it into a clean environment, run the demo from it
	@sh .ci/wheel

clean: ## remove .venv, caches and build products
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
