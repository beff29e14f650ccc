# Five targets carry the work: setup, nightly, test, check, dev. Each sets up first if it must.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
SHELL := /bin/bash

STAMP := .venv/.edfin-setup
# A setting: the environment, else the file .env, else the default.
setting = $${$(1):-$$(v=$$(sed -n 's/^$(1)=//p' .env 2>/dev/null | tail -n 1); echo "$${v:-$(2)}")}

.PHONY: help setup nightly test soak bench check dev lock

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP)  ## .venv with the locked packages and this project; does nothing when nothing changed

# The stamp is written last: an interrupted setup starts again.
$(STAMP): requirements.lock pyproject.toml
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	  [ $$python != python3.11 ] || { echo 'make setup: no Python 3.11 or later on PATH' >&2; exit 1; }; \
	done; \
	[ -x .venv/bin/python ] || $$python -m venv .venv
	@if command -v uv >/dev/null; then \
	  export VIRTUAL_ENV=$(CURDIR)/.venv; \
	  uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock \
	    && uv pip install --quiet --no-deps --no-build-isolation --editable .; \
	else \
	  python -m pip install --quiet --require-hashes -r requirements.lock \
	    && python -m pip install --quiet --no-deps --no-build-isolation --editable .; \
	fi
	@touch $@

nightly: setup  ## the nightly load and its report; an empty landing of state sample gets the sample first, its closed years certified
	@if [ "$(call setting,EDFIN_STATE,sample)" = sample ] && [ "$$(edfin status --format json)" = "[]" ]; then \
	  edfin sample --leas 60 --first-year 2021 --last-year 2025 --seed 1 && edfin nightly \
	    && { edfin certify --manifest "$(call setting,EDFIN_HOME,data)/sample/certified.csv" --by "edfin sample" || [ $$? -eq 1 ]; }; \
	else \
	  edfin nightly; \
	fi

test: setup  ## every test, in two processes; those of PostgreSQL skip where there is none
	@python -m pytest -q -rs -n 2 --dist loadscope --no-loadscope-reorder tests

soak: setup  ## long repetitions, for hours; begun again, it leaves out what has passed with the same code
	@python -m pytest -q -rs -m soak tests || { [ $$? -eq 5 ] && echo 'make soak: everything has passed with this code; delete .soak to begin again'; }

bench: setup  ## a night over a fresh sample state, timed against a bare script over the same files
	@python -m bench

check: setup  ## style, packages, the house rules, and dbt without deprecations
	@ruff check .
	@ruff format --check --quiet . || { ruff format --check .; exit 1; }
	@if command -v uv >/dev/null; then VIRTUAL_ENV=$(CURDIR)/.venv uv pip check --quiet; else python -m pip check; fi
	@python -m pytest -q tests/house

dev: setup  ## Dagster's pages on http://localhost:3000, and a resident worker that judges what lands at once
	@export DAGSTER_HOME="$$(python -m dagster_project.instance)"; \
	edfin watch & watcher=$$!; trap 'kill $$watcher 2>/dev/null' EXIT INT TERM; \
	dagster dev -m dagster_project.definitions

lock:  ## requirements.lock from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --no-strip-extras --generate-hashes \
	  --custom-compile-command "make lock" --quiet --output-file requirements.lock
