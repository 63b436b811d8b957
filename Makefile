# Xueshi. Everything is done by `python3 -m lms.bootstrap`, which needs nothing but Python 3.11, Node and make.
PYTHON ?= python3
SAMPLES ?=
ARGS ?=
export PORT XUESHI_HOME

.DEFAULT_GOAL := help
.PHONY: help run test check bench samples fmt messages docs clean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## set up what is missing, load the demonstration, start the site (PORT=8000 XUESHI_HOME=var)
	@$(PYTHON) -m lms.bootstrap run

test: ## checks, then the whole suite on SQLite, on PostgreSQL and in a browser (ARGS= goes to pytest)
	@$(PYTHON) -m lms.bootstrap test $(ARGS)

check: ## format, lint, types, import contracts, migrations, deployment check, JavaScript tests; under a minute
	@$(PYTHON) -m lms.bootstrap check

bench: ## measure; print a table and write var/bench.json (ARGS= names benchmarks)
	@$(PYTHON) -m lms.bootstrap bench $(ARGS)

samples: ## walk a folder of real SCORM packages and media (SAMPLES=folder)
	@$(PYTHON) -m lms.bootstrap samples "$(SAMPLES)"

fmt: ## put code and templates into their one form
	@$(PYTHON) -m lms.bootstrap fmt

messages: ## collect the texts into the English catalogues and compile them
	@$(PYTHON) -m lms.bootstrap messages

docs: ## build the documentation into site/
	@$(PYTHON) -m lms.bootstrap docs

clean: ## remove what was installed and built; the site's data in var/ stays
	rm -rf .venv node_modules lms/static/vendor staticfiles site .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
