# Sole Practice. `make run` and `make test` are all that is needed; each does what it lacks first.
#
#   make run              the site at http://localhost:8000      PORT=8001 make run for another port
#   make run DEMO=0       the same without the demo; SECRET_KEY, HEALTH_KEYS and SITE_URL must be in the environment
#   make run RELOAD=1     the pages follow every change of a file (the worker and the clock do not)
#   make test             everything, on PostgreSQL and SQLite, with Redis, a worker and Chromium    ARGS="-k handout"
#   make quick            within a minute: style, tests without a database, every page once
#   make lint bench lock  checks; benchmarks (one: WHAT=growth ARGS=--full); new requirement lists
#   make mutants          what the tests of pure decisions do not see; ARGS="clients/screening/engine.py" or ARGS="--every 5"
#   make messages         new sentences of the mail templates into their catalogues
#   make chaos            everything fails while reminders leave    SIZE=full SEED=7 WHAT=kills DATABASE=postgresql
#
# VENV and PYTHON choose another environment: make test VENV=.venv-313 PYTHON=python3.13

SHELL := /bin/sh
VENV ?= .venv
PYTHON ?=
DEMO ?= 1
RELOAD ?=
export DEMO RELOAD
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-installed
TEST_READY := $(VENV)/.test-installed
MACHINE := requirements/machine.py

.DEFAULT_GOAL := help
.PHONY: help run setup test quick lint lint-style lint-templates lint-words lint-imports lint-types lint-migrations lint-deploy bench chaos mutants messages rooms lock clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed -n '1,/^VENV/p'

run: $(RUN_READY)
	@exec $(BIN)/python -m practice.startup.serve

setup: $(RUN_READY)
	@$(BIN)/python manage.py prepare

# The first Python from 3.11 on; a name on PATH may be a stub that does not run, so each is tried.
$(VENV)/bin/python:
	@set -e; found=''; \
	for name in $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python); do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Sole Practice needs Python 3.11 or newer$(if $(PYTHON), and $(PYTHON) is not)."; \
	  echo "Debian, Ubuntu: apt install python3 python3-venv. macOS: brew install python. Or: make run PYTHON=/path/to/python3"; \
	  exit 1; \
	fi; \
	"$$found" $(MACHINE) venv; \
	"$$found" $(MACHINE) pango; \
	echo "Making $(VENV) with $$("$$found" --version) …"; \
	rm -rf $(VENV).new $(VENV); \
	"$$found" -m venv $(VENV)

$(RUN_READY): requirements/run.txt | $(VENV)/bin/python
	@$(BIN)/python $(MACHINE) pango
	@$(BIN)/python $(MACHINE) install $(BIN)/python requirements/run.txt
	@touch $@

$(TEST_READY): requirements/test.txt $(RUN_READY)
	@$(BIN)/python $(MACHINE) install $(BIN)/python requirements/test.txt
	@touch $@

test: $(TEST_READY)
	@$(BIN)/python $(MACHINE) chromium
	@$(BIN)/python -m tests.run $(ARGS)

# The same seed in both processes: they must find the parameters of a test in the same order.
quick: lint-style
	@env -u DATABASE_URL PYTHONHASHSEED=0 $(BIN)/python -m pytest --no-migrations -n 2 --dist loadfile -m "pure or smoke" $(ARGS)

# Each in its own target, so that `make -k lint` shows all faults.
LINT_DATA := DEMO=1 DATA_DIR=$(VENV)/lint
lint: lint-style lint-templates lint-words lint-imports lint-types lint-migrations lint-deploy

lint-style: $(TEST_READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

# What may import what: the contract in pyproject.toml.
lint-imports: $(TEST_READY)
	@$(BIN)/lint-imports --no-cache

# Mails are Jinja and laid out for mail programs, which read inline styles only (H021).
lint-templates: $(TEST_READY)
	@$(BIN)/djlint --quiet --check templates
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/djlint --quiet --lint --profile jinja --extend-exclude '' --ignore H021,H030 templates/emails
	@! grep -rnE '^.{161,}' --include='*.html' templates

lint-words: $(TEST_READY)
	@$(BIN)/typos

lint-types: $(TEST_READY)
	@$(LINT_DATA) $(BIN)/mypy

lint-migrations: $(TEST_READY)
	@$(LINT_DATA) $(BIN)/python manage.py makemigrations --check --dry-run

lint-deploy: $(TEST_READY)
	@$(LINT_DATA) DEMO=0 DEBUG=0 SITE_URL=https://practice.example \
	  SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
	  HEALTH_KEYS="$$($(LINT_DATA) $(BIN)/python manage.py make_health_key)" \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

# SIZE=full: the whole table with the product's own times, hours. SEED=n repeats a run. DATABASE=postgresql.
SIZE ?= small
chaos: $(TEST_READY)
	@$(BIN)/python -m bench.chaos $(or $(WHAT),all) $(if $(filter full,$(SIZE)),--full) $(if $(SEED),--seed $(SEED)) \
	  $(if $(DATABASE),--database $(DATABASE)) $(ARGS)

# WHAT=growth ARGS=--full: one of bench/, at full size.
bench: $(TEST_READY)
	@for script in bench/$(or $(WHAT),*).py; do $(BIN)/python "$$script" $(ARGS) || exit 1; done

# Each pure decision broken in every small way; hours for all of them. Not in CI.
mutants: $(TEST_READY)
	@$(BIN)/python -m tests.mutants $(ARGS)

# The words of mails: what the templates say now into locale/*/LC_MESSAGES/emails.po, and those to what is read.
messages: $(TEST_READY)
	@$(BIN)/pybabel -q extract -F locale/babel.cfg --no-location --sort-output -o $(VENV)/emails.pot templates/emails
	@$(BIN)/pybabel -q update -D emails -d locale -i $(VENV)/emails.pot --ignore-obsolete --no-fuzzy-matching --width 110
	@$(BIN)/pybabel -q compile -D emails -d locale

# The picture of the rooms, from the import contract.
rooms: $(VENV)/bin/python
	@$(BIN)/python docs/draw_rooms.py

# Needs uv (https://docs.astral.sh/uv/); the lists carry no index address.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  requirements/run.in -o requirements/run.txt $(ARGS)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  requirements/test.in -o requirements/test.txt $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
