# Deux commandes suffisent : `make run` et `make test`. Le reste est détaillé dans le README.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed-run
STAMP_DEV := $(VENV)/.installed-dev
export PYTHON PORT
# Le code compilé va à part : les dossiers restent propres et le démarrage est deux fois plus court.
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.pycache

.PHONY: run install install-dev test mutants lint format bench lock clean system system-dev

# Le serveur de la production, et son ouvrier : pas de rechargement, pas de bavardage sous la liste des comptes.
run: $(STAMP)
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo
	@echo 'PARTAJ sert sur http://127.0.0.1:$(PORT) ; Ctrl-C arrête.'
	@exec .ci/serve

install: $(STAMP)

install-dev: $(STAMP_DEV)

# make test ARGS="tests/test_visibility.py -k tutor -n 0"
test: $(STAMP_DEV)
	@$(PY) -m pytest $(ARGS)

# make mutants ARGS="beneficiaries --family filter" ; tout essayer prend des heures.
mutants: $(STAMP_DEV)
	@nice -n 10 $(PY) -m tests.mutants $(ARGS)

lint: $(STAMP_DEV)
	@.ci/lint

format: $(STAMP_DEV)
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet .
	@find templates -name '*.html' -print0 | xargs -0 $(VENV)/bin/djade

bench: $(STAMP_DEV)
	@$(PY) -m tests.bench $(ARGS)

# Ce que le système doit fournir : installé par apt quand on est root, demandé en une ligne sinon.
system:
	@.ci/system

system-dev:
	@.ci/system chromium libatomic1

# Un environnement de développement le reste : `make run` ne lui retire rien.
$(STAMP): requirements/base.txt requirements/uv.txt | system
	@.ci/environment $(if $(wildcard $(STAMP_DEV)),dev,base)
	@touch $@

$(STAMP_DEV): requirements/dev.txt requirements/uv.txt | system-dev
	@.ci/environment dev
	@touch $@ $(STAMP)

lock: $(STAMP_DEV)
	@.ci/lock

clean:
	rm -rf $(VENV) .uv .pycache var
