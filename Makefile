# Two commands do everything on a fresh machine: `make serve` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
SCRIPT := platform/xiangtong/static/dist/form.js

.PHONY: help setup serve test prove bench lint types tools clean lock

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP)-run $(SCRIPT) ## Everything `make serve` needs

serve: $(STAMP)-run $(SCRIPT) ## Serve the whole demo at http://127.0.0.1:8080 (Ctrl-C stops it)
	@$(BIN)/xiangtong demo

test: $(STAMP)-test $(SCRIPT) ## Lint, types, import rules, and every test once
	@$(BIN)/python tools/check.py test

prove: $(STAMP)-test $(STAMP)-prove $(SCRIPT) ## The long proofs: faults, races, corpora, mutations; figures into docs/reliability.md
	@$(BIN)/python tools/check.py prove

bench: $(STAMP)-test $(SCRIPT) ## Print the figures of the budgets, each beside its reference
	@$(BIN)/python tools/check.py bench

lint: $(STAMP)-test ## Ruff, templates, import rules
	@$(BIN)/python tools/check.py lint

types: $(STAMP)-test ## mypy --strict
	@$(BIN)/mypy

clean: ## Remove what was installed and everything the demo wrote below var/
	rm -rf $(VENV) node_modules var platform/xiangtong/static/dist

lock: ## Renew the hashed requirement files after editing requirements/*.in
	@for name in run test; do $(BIN)/pip-compile -q --upgrade --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
	  -o requirements/$$name.txt requirements/$$name.in; done

$(STAMP)-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本"; exit 1; }
	@echo "准备 Python 环境……"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(STAMP)-run: $(STAMP)-venv requirements/run.txt package-lock.json pyproject.toml tools/assets.py
	@echo "安装依赖（第一次约一两分钟）……"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python tools/assets.py
	@bash tools/system.sh print
	@touch $@

$(STAMP)-test: $(STAMP)-run requirements/test.txt tools/system.sh
	@echo "安装测试工具……"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/test.txt
	@$(BIN)/python tools/assets.py --tests
	@bash tools/system.sh tests
	@touch $@

$(STAMP)-prove: $(STAMP)-test
	@bash tools/system.sh prove
	@touch $@

# The form's script in one file; made anew when a part of it changes.
$(SCRIPT): $(wildcard platform/xiangtong/static/form/*.js) | $(STAMP)-run
	@$(BIN)/python tools/assets.py --bundle
