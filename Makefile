# Fengshao: plain `make` lists what can be done. Every target sets up what it needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench bench-cluster cluster chaos parts bundle clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.ready: pyproject.toml requirements.lock
	@echo "== Making the environment in $(VENV) (once; about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@echo "== Installing the locked packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo "== Compiling the rule kernels (once)"
	@$(BIN)/python -m pipeline.warm
	@touch $@

setup: $(VENV)/.ready ## make the environment in .venv

demo: $(VENV)/.ready ## the whole system on the example site: open the address that it prints
	@$(BIN)/fengshao demo $(ARGS)

test: $(VENV)/.ready ## all tests; those whose real part is missing are named
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.ready ## style, types and the order of the folders
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.ready ## measure, with the conditions printed
	@$(BIN)/python -m benchmarks $(ARGS)

bench-cluster: parts ## measure the cluster on real Kafka and PostgreSQL
	@$(BIN)/python -m benchmarks cluster cluster_road $(ARGS)

cluster: parts ## the whole cluster from local parts: the day replayed and compared, then the board stays open
	@$(BIN)/python -m tests.cluster $(ARGS)

chaos: parts ## kill every role and stop every server under load, then compare with the backtest (about 6 minutes)
	@$(BIN)/python -m tests.cluster --chaos $(ARGS)

parts: $(VENV)/.ready ## find or install the real parts that the tests use (brokers, databases, a browser)
	@$(BIN)/python -m tests.parts.install

bundle: $(VENV)/.ready ## all wheels for an installation without a network, x86-64 and aarch64, into dist/
	@$(BIN)/python -m tests.bundle

clean: ## remove the environment and the caches
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
