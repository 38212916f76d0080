# Every target sets up .venv by itself, quickly when nothing changed. `make` lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
TOOLS := .venv-tools
BIN := $(VENV)/bin
DEMO_HOME ?=

# Some containers forbid Python to keep what it has compiled: then each of the hundreds of processes that the tests
# start compiles the program anew, and pytest every test.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo run test check format golden docs pictures bench soak fuzz wheel lock audit clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which with: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# Two stamps: what the program needs, newest within the ranges of pyproject.toml as its users have it; and what
# developing needs, to the byte as requirements/ names it, libraries that publish sources only and the project built
# by the locked tools themselves. The project's own dependencies are not looked at again: the lock has them all.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKS := requirements/build.txt requirements/dev.txt

$(VENV)/.ready: pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV) …" >&2
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml $(LOCKS) | $(BIN)/python
	@echo "installing what the locks name into $(VENV) …" >&2
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/dev.txt
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $(VENV)/.ready $@

# Where there is no libFuzzer for the Python or the machine, the lock's markers leave it out.
$(VENV)/.ready-fuzz: requirements/fuzz.txt $(VENV)/.ready-dev
	@$(PIP) install --require-hashes --only-binary :all: -r $<
	@touch $@

$(TOOLS)/.ready: requirements/tools.txt
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@

setup: $(VENV)/.ready ## install the program into .venv
setup-dev: $(VENV)/.ready-dev ## the same, with what developing needs, as the locks name it

demo: setup ## run the whole pipeline on the bundled demo feeds, without a network
	@$(BIN)/aggregator demo $(DEMO_HOME)

run: setup ## poll the feeds of ./feeds.opml and write ./public/
	@$(BIN)/aggregator run -v
	@$(BIN)/aggregator list --limit 20

test: setup-dev ## all tests that take seconds
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

check: setup-dev ## format, lint, types, import contracts, tests, docs, wheel: what CI runs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config pyproject.toml
	@$(BIN)/python -m pytest -q -n 2 --hypothesis-profile=thorough
	@$(MAKE) --no-print-directory docs-check wheel

format: setup-dev ## format the code and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

golden: setup-dev ## write the golden files anew (then read the diff)
	@UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q -n 2 -k golden

docs: setup-dev ## write anew what README.md and docs/ show of the program
	@$(BIN)/python -m tests.docs.render
	@$(BIN)/python -m tests.docs.console

.PHONY: docs-check
docs-check: setup-dev
	@$(BIN)/python -m tests.docs.render --check

pictures: setup-dev ## take the README's pictures from the running program
	@$(BIN)/python docs/pictures.py

bench: setup-dev ## print the figures that README and DESIGN quote
	@for each in benchmarks/bench_*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

soak: setup-dev ## kill it, break its disk, crowd it, feed it rubbish: half an hour, one table
	@$(BIN)/python -m tests.soak

fuzz: setup-dev $(VENV)/.ready-fuzz ## try what nobody thought of on every reader of strangers' bytes: a quarter of an hour, one table
	@$(BIN)/python -m tests.fuzz

wheel: setup-dev ## build the wheel, install it into a clean environment, run the demo from it
	@sh .ci/wheel

lock: $(TOOLS)/.ready ## pin everything anew in requirements/: the newest that pyproject.toml allows
	@requirements/lock $(TOOLS)/bin/uv

audit: setup-dev $(TOOLS)/.ready ## ask a public list of advisories about every locked library
	@$(BIN)/python -m tests.supply.audit $(TOOLS)/bin/pip-audit

clean: ## remove .venv, caches and build products
	@rm -rf $(VENV) $(TOOLS) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
