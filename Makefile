# Deux commandes suffisent : `make run` et `make test`. Le reste est détaillé dans le README.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed-run
STAMP_DEV := $(VENV)/.installed-dev
export PYTHONDONTWRITEBYTECODE ?= 1

.PHONY: run test install install-dev lint bench lock system clean

run: $(STAMP)
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo
	@$(PY) manage.py runserver $(PORT)

install: $(STAMP)

install-dev: $(STAMP_DEV)

test: $(STAMP_DEV)
	@$(PY) -m pytest

lint: $(STAMP_DEV)
	@.ci/lint

bench: $(STAMP_DEV)
	@$(PY) -m tests.bench

# Ce que le système doit fournir : installé par apt quand on est root, demandé en une ligne sinon.
system:
	@.ci/system

$(STAMP): requirements/base.txt requirements/uv.txt | system
	@.ci/environment base
	@touch $@

$(STAMP_DEV): requirements/dev.txt requirements/uv.txt | system
	@.ci/environment dev
	@touch $@ $(STAMP)

lock: $(STAMP_DEV)
	@.ci/lock

clean:
	rm -rf $(VENV) .uv var
