# Everything a newcomer, a developer and CI need. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8080
BIN := .venv/bin
# Processes that share the tests: one waits for Airflow most of the time.
TESTERS ?= 3

# Airflow's own files stay in .airflow; the tasks find the warehouse as the console script does.
export AIRFLOW_HOME := $(CURDIR)/.airflow
export AIRFLOW__CORE__DAGS_FOLDER := $(CURDIR)/dags
export AIRFLOW__CORE__PLUGINS_FOLDER := $(CURDIR)/plugins
export AIRFLOW__CORE__LOAD_EXAMPLES := False
export AIRFLOW__CORE__PARALLELISM := 4
export AIRFLOW__API__PORT := $(PORT)
export AIRFLOW__CORE__EXECUTION_API_SERVER_URL := http://localhost:$(PORT)/execution/

.PHONY: help setup demo up down test e2e e2e-compose e2e-celery faults test-citus lint format lock docs env compose-up compose-down clean

help:  ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: .venv/.installed  ## build .venv with everything the package needs, and the console script .venv/bin/invoicing

# As pip does unasked. Otherwise every process compiles Airflow anew wherever none may write beside the sources
# (PYTHONDONTWRITEBYTECODE, as in many containers), and the tests start hundreds.
export UV_COMPILE_BYTECODE := 1

# uv when it is there, pip otherwise. The stamp is written last: a set-up that was broken off starts again.
.venv/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) .venv && uv pip install --quiet --python $(BIN)/python -r requirements.txt && uv pip install --quiet --python $(BIN)/python --no-deps --editable .; \
	else \
	  $(PYTHON) -m venv .venv && $(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt && $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .; \
	fi
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@if command -v uv >/dev/null; then \
	  uv pip install --quiet --python $(BIN)/python -r requirements-dev.txt; \
	else \
	  $(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt; \
	fi
	@touch $@

# Not part of the other two: the containers alone need Celery.
.venv/.installed-celery: .venv/.installed-dev requirements-celery.txt
	@if command -v uv >/dev/null; then \
	  uv pip install --quiet --python $(BIN)/python -r requirements-celery.txt; \
	else \
	  $(BIN)/pip install --quiet --disable-pip-version-check -r requirements-celery.txt; \
	fi
	@touch $@

# Programs that no Python package brings. Where they cannot be installed, the test is skipped and names them.
debian = if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get install --yes --quiet $(1); fi

demo: setup  ## load the samples, run create_invoices in Airflow for the days of the example, show the invoices
	@$(BIN)/python -m scripts.demo

up: setup  ## start Airflow with its UI on http://localhost:8080 (PORT=… for another port)
	@$(BIN)/python -m scripts.stack up --port $(PORT)

down:  ## stop Airflow and the embedded warehouse
	@[ ! -e .venv/.installed ] || $(BIN)/python -m scripts.stack down

test: .venv/.installed-dev  ## run all tests but the slow ones with a real Airflow, in three processes (TESTERS=0: in one)
	@$(BIN)/pytest --numprocesses $(TESTERS)

# A name on the command line reaches the tests too: make exports it.
test-citus: .venv/.installed-dev  ## run the tests of what the warehouse does on a Citus cluster (INVOICING_TEST_CITUS=postgresql://…)
	@[ -n "$(INVOICING_TEST_CITUS)" ] || { echo "name the coordinator of a cluster, and a database in which it knows its workers: make test-citus INVOICING_TEST_CITUS=postgresql://user@host:5432/postgres"; exit 1; }
	@$(BIN)/pytest tests/source tests/process tests/lifecycle tests/model tests/analytics

e2e: .venv/.installed-dev  ## run the tests with a real Airflow, the slow ones included
	@$(BIN)/pytest tests/e2e -m e2e

e2e-compose: .venv/.installed-dev  ## start docker-compose.yaml, invoice in it, take it down (Docker, or root on Debian)
	@docker info >/dev/null 2>&1 || $(call debian,podman runc debootstrap catatonit golang-github-containernetworking-plugin-dnsname)
	@$(BIN)/pytest -m deployment tests/compose

e2e-celery: .venv/.installed-celery  ## invoice on two Celery workers with a real Redis (root on Debian, or redis-server on the PATH)
	@command -v redis-server >/dev/null || $(call debian,redis-server)
	@$(BIN)/pytest -m deployment tests/workers

faults: .venv/.installed-dev  ## kill task, session or server at every statement, cut the line at every COMMIT (FAULTS='--help')
	@$(BIN)/python -m tests.faults $(FAULTS)

lint: .venv/.installed-dev  ## ruff, mypy, import-linter, sqlfluff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=plugins $(BIN)/lint-imports
	@$(BIN)/sqlfluff lint --disable-progress-bar include/sql

format: .venv/.installed-dev  ## format Python and SQL
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --disable-progress-bar include/sql

lock:  ## pin the requirements….txt anew (needs uv)
	uv pip compile --quiet --no-header --universal --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --quiet --no-header --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	@# Only what Celery adds: most of what it needs is pinned in requirements.txt already.
	uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 requirements-celery.in | grep -vxFf requirements.txt > requirements-celery.txt

docs: setup  ## make docs/data-dictionary.md and docs/posting-rules.md anew from the warehouse
	@$(BIN)/python -m scripts.documents

env:  ## write the secrets of docker-compose.yaml into .env, once
	@$(PYTHON) scripts/make_env.py

compose-up: env  ## build the image and start Airflow and the warehouse in containers
	docker compose up --build --detach --wait
	@echo "http://localhost:8080, login admin, password AIRFLOW_ADMIN_PASSWORD in .env"

compose-down:  ## stop the containers; the databases stay in their volumes
	docker compose down

clean: down  ## remove everything that was made here, the embedded warehouse's data included
	@[ ! -e .venv/.installed ] || $(BIN)/invoicing db remove --yes
	rm -rf .venv .airflow .demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info plugins/*.egg-info
