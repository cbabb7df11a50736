# `make demo` and `make test` need Python 3.11 or newer and make; everything else they set up themselves.
# PYTHON=… chooses another interpreter for a new environment, PORT=… another port than 8000.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGUMENTS ?= -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test faults lint bench assets doctor lock pdf-libraries chromium environment clean-environment

help:
	@echo "make demo           a demo center at http://127.0.0.1:8000/ (PORT=… for another port)"
	@echo "make demo-reset     the same, starting over"
	@echo "make test           every test, with the browser and libraries they need"
	@echo "make faults         the slow crash tests too"
	@echo "make lint           style, layers and types"
	@echo "make bench          how long the engines and the pages take"
	@echo "make assets         style sheet and icons anew (needs Node)"
	@echo "make doctor         check this installation"
	@echo "make pdf-libraries  the system libraries for PDF letters"
	@echo "make lock           pin the requirements anew"

demo: $(VENV)/.ready-to-run
	@OPENIOP_DEMO=1 $(BIN)/openiop demo

demo-reset: $(VENV)/.ready-to-run
	@OPENIOP_DEMO=1 $(BIN)/openiop demo --reset

test: $(VENV)/.ready-to-test pdf-libraries chromium
	@CHROMIUM="$$(scripts/chromium.sh --print)" $(BIN)/pytest $(PYTEST_ARGUMENTS)

faults: $(VENV)/.ready-to-test
	@$(BIN)/pytest tests/faults -m "slow or not slow"

lint: $(VENV)/.ready-to-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	DATABASE_URL=postgresql://nobody@127.0.0.1/none OPENIOP_SECRET_KEY=unused $(BIN)/mypy

bench: $(VENV)/.ready-to-run
	@$(BIN)/python benchmarks/incentives.py
	@OPENIOP_DEMO=1 $(BIN)/python benchmarks/pages.py
	@$(BIN)/python benchmarks/engines.py

assets: $(VENV)/.ready-to-run
	PYTHON="$(CURDIR)/$(BIN)/python" assets/build.sh

doctor: $(VENV)/.ready-to-run
	@$(BIN)/openiop doctor

pdf-libraries: $(VENV)/.ready-to-run
	@scripts/pdf-libraries.sh $(BIN)/python

chromium:
	@scripts/chromium.sh

environment: $(VENV)/.ready-to-test

lock: $(VENV)/.has-uv
	$(BIN)/uv pip compile -q --generate-hashes --no-header --universal --python-version 3.11 pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --generate-hashes --no-header --universal --python-version 3.11 --extra dev pyproject.toml -o requirements/dev.txt

# The environment. Each stamp is newer than what it was made from, so that a second run takes no time.
$(VENV)/.has-uv: requirements/uv.txt scripts/environment.sh
	@scripts/environment.sh create "$(PYTHON)" "$(VENV)"
	@touch $@

$(VENV)/.ready-to-run: $(VENV)/.has-uv requirements/run.txt pyproject.toml
	@scripts/environment.sh install "$(VENV)" requirements/run.txt
	@touch $@

$(VENV)/.ready-to-test: $(VENV)/.ready-to-run requirements/dev.txt
	@scripts/environment.sh install "$(VENV)" requirements/dev.txt
	@touch $@

clean-environment:
	rm -rf $(VENV)
