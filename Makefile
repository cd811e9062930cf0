# Two commands for everybody: `make run` and `make test`. They need Python 3.11, make, and a network
# to the package registries the first time.

.PHONY: help run test soak mutate setup setup-dev bench clean
.DEFAULT_GOAL := help
BIN := .venv/bin

help:
	@echo "make run     set up, start Milepost with its demo on http://127.0.0.1:8000/"
	@echo "make test    set up, check and test everything"
	@echo "make soak    random lives and storms for SOAK_MINUTES=10 minutes, with a printed seed"
	@echo "make mutate  change the core thousands of times and see whether a test notices (an hour)"
	@echo "make bench   time what matters, as JSON"
	@echo "make clean   remove what set-up and tests made (not your data)"

setup:
	@bin/bootstrap

setup-dev:
	@bin/bootstrap --dev

run: setup
	@exec $(BIN)/milepost serve --demo

test: setup-dev
	@bin/chromium
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint milepost/web/templates --lint --quiet
	$(BIN)/pytest -n 2 --ignore=tests/browser
	$(BIN)/pytest tests/browser

# The long ones, in full: random lives, 10,000 numbers, thousands of random jobs through the core, 64 payers
# on one invoice, 10,000 events five times over, days of a gateway that misbehaves, kill -9 of every process
# at every named place.
SOAK_MINUTES ?= 10
soak: setup-dev
	SOAK_MINUTES=$(SOAK_MINUTES) $(BIN)/pytest -s tests/actions/test_random_lives.py
	MILEPOST_NUMBERS=10000 $(BIN)/pytest tests/actions/test_numbers.py
	MILEPOST_EXAMPLES=2500 $(BIN)/pytest tests/core/test_laws.py
	MILEPOST_EXAMPLES=500 $(BIN)/pytest -n 2 tests/core
	MILEPOST_PAYERS=64 MILEPOST_ROUNDS=50 $(BIN)/pytest -s tests/mailroom/test_many_payers.py
	MILEPOST_EVENTS=10000 $(BIN)/pytest -s tests/mailroom/test_storms.py
	MILEPOST_ONLINE_LIVES=40 MILEPOST_STEPS=80 $(BIN)/pytest tests/mailroom/test_online_lives.py
	MILEPOST_LIVES=20 $(BIN)/pytest tests/mailroom/test_janitor.py
	MILEPOST_CRASHES=all $(BIN)/pytest tests/mailroom/test_crashes.py

# MUTANTS='milepost.core.rounding.*' takes one module, MUTANTS='*7' every tenth mutant.
mutate: setup-dev
	@$(BIN)/python -m tests.mutation

bench: setup-dev
	@$(BIN)/python -m bench

clean:
	rm -rf .venv .tools build dist mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
