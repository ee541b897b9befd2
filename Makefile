# Two commands: `make demo` shows the main job, `make test` proves it. Both set up what they need.
# `make help` lists the rest. Everything that is made stays inside this folder.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := $(CURDIR)/.venv
CACHE := $(CURDIR)/.cache
# A link to what `jlpm build` makes, so that a new build needs no new installation.
INSTALLED_PANEL := $(VENV)/share/jupyter/labextensions/jupyterlab-tracker
SAY = @printf '==> %s\n'
# With the folders: their time changes when a file in them is moved or removed.
SOURCES := $(shell find labextension/src labextension/style labextension/schema 2>/dev/null)

# Hundreds of short processes read our modules; compiled once they start sooner.
unexport PYTHONDONTWRITEBYTECODE

# Tools that would write to the home folder are sent here instead.
export PATH := $(VENV)/bin:$(PATH)
export PIP_CACHE_DIR := $(CACHE)/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export YARN_GLOBAL_FOLDER := $(CACHE)/yarn
export YARN_CACHE_FOLDER := $(CACHE)/yarn/cache
export YARN_ENABLE_MIRROR := 0
export npm_config_cache := $(CACHE)/npm
export YARN_ENABLE_TELEMETRY := 0
export XDG_CONFIG_HOME := $(CACHE)/config
export XDG_CACHE_HOME := $(CACHE)/xdg
export XDG_DATA_HOME := $(CACHE)/data
export XDG_STATE_HOME := $(CACHE)/state
export MPLCONFIGDIR := $(CACHE)/matplotlib
export IPYTHONDIR := $(CACHE)/ipython
export JUPYTER_CONFIG_DIR := $(CACHE)/jupyter/config
export JUPYTER_DATA_DIR := $(CACHE)/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CACHE)/jupyter/runtime
export JUPYTERLAB_SETTINGS_DIR := $(CACHE)/jupyter/settings
export JUPYTERLAB_WORKSPACES_DIR := $(CACHE)/jupyter/workspaces

.PHONY: help demo test lint test-js test-py bench screenshots build clean
help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

demo: $(CACHE)/installed-demo ## run the quickstart and open JupyterLab on it (HEADLESS=1: no browser)
	@python .ci/demo.py $(if $(filter 1,$(HEADLESS)),--headless)

test: $(CACHE)/installed-test lint test-js test-py ## linters, types, Python, TypeScript and browser tests

lint: $(CACHE)/installed-test ## linters and types
	$(SAY) "ruff, mypy --strict, import direction"
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-cache
	printf '==> %s\n' "eslint, prettier, tsc --strict"
	jlpm lint:check
	jlpm typecheck

test-js: $(CACHE)/installed-test ## TypeScript tests
	$(SAY) "TypeScript tests"
	jlpm test

test-py: $(CACHE)/installed-test ## Python and browser tests (ARGS="-k name" to choose)
	$(SAY) "Python and browser tests"
	@pytest -n 2 --dist loadgroup $(ARGS)

screenshots: $(CACHE)/installed-test ## take the pictures of the documentation again
	@TRACKER_SCREENSHOTS=$(CURDIR)/tests/ui/screenshots pytest tests/ui
	@python -m tests.ui.gallery

bench: $(CACHE)/installed-bench ## measure the promises beside the peers (ARGS="--quick", ARGS=--write)
	$(SAY) "benchmarks: about half an hour"
	@python -m tests.benchmarks $(ARGS)

build: $(CACHE)/installed-demo ## build the panel again after a change in labextension/
	@jlpm build

clean: ## remove everything that was made
	rm -rf .venv .cache .yarn node_modules build dist labextension/lib python/tracker/labextension
	rm -rf python/tracker/server/static
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find .ci python tests -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/jlpm:
	@.ci/prerequisites
	mkdir -p $(CACHE)
	printf '==> %s\n' "making .venv with $$($(PYTHON) --version)"
	$(PYTHON) -m venv --clear $(VENV)
	pip install --quiet --upgrade pip "jupyter-builder>=1.2,<2"

node_modules/.yarn-state.yml: package.json yarn.lock $(VENV)/bin/jlpm
	$(SAY) "installing the panel's npm packages"
	jlpm install --immutable >$(CACHE)/npm.log || { cat $(CACHE)/npm.log; exit 1; }
	touch $@

python/tracker/labextension/package.json: $(SOURCES) labextension/tsconfig.json labextension/page.config.mjs node_modules/.yarn-state.yml
	$(SAY) "building the panel"
	jlpm build:prod >$(CACHE)/build.log 2>&1 || { cat $(CACHE)/build.log; exit 1; }

$(CACHE)/installed-%: pyproject.toml python/tracker/labextension/package.json
	$(SAY) "installing tracker and what '$*' needs into .venv"
	$(if $(filter test,$*),.ci/prerequisites chromium nginx)
	rm -rf $(INSTALLED_PANEL)
	pip install --quiet --editable ".[$*]"
	rm -rf $(INSTALLED_PANEL)
	ln -s $(CURDIR)/python/tracker/labextension $(INSTALLED_PANEL)
	touch $@
