.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   ?= .venv
RUN    := $(VENV)/bin/python
STAMP  := $(VENV)/.installed
INSTALL := install --quiet --disable-pip-version-check --no-compile --require-hashes
# a process that may not keep what it compiled takes three times as long to start, each time
export PYTHONDONTWRITEBYTECODE :=

help: ## Show what can be done here
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk 'BEGIN {FS = ":.*## "} {printf "  make %-13s %s\n", $$1, $$2}'

# What runs (requirements.lock) is part of what develops (requirements-dev.lock). The pip of today takes
# half the time of the one that comes with an older Python. Of others' files nothing is compiled: most
# of the 9,000 are never imported, the rest is compiled then. Ours are, while pip has the other core.
$(STAMP): requirements-dev.lock requirements-pip.lock pyproject.toml
	$(PYTHON) -m venv --without-pip $(VENV)
	@$(PYTHON) -m pip --python $(RUN) $(INSTALL) --requirement requirements-pip.lock 2>/dev/null \
	  || { $(RUN) -m ensurepip && $(RUN) -m pip $(INSTALL) --requirement requirements-pip.lock; }
	$(RUN) -m compileall -q platform & $(RUN) -m pip $(INSTALL) --no-deps --requirement requirements-dev.lock; \
	  code=$$?; wait; exit $$code
	$(RUN) -m pip install --quiet --no-compile --no-deps --no-build-isolation --editable .
	$(RUN) -m pip check
	@touch $(STAMP)

setup: $(STAMP) ## Make the virtual environment from the locked requirements

demo: setup ## Set up, start everything, run the group's main job end to end (ARGS="--serve" keeps it up)
	$(RUN) -m schoolgroup demo $(ARGS)

test: setup lint ## Set up, lint, check types, run all tests
	@$(RUN) -m mypy > $(VENV)/types.txt 2>&1 & types=$$!; \
	$(RUN) -m pytest -n 2 --dist worksteal $(ARGS); tests=$$?; \
	wait $$types || { cat $(VENV)/types.txt; exit 1; }; exit $$tests

lint: setup ## Check style and the direction of imports
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(VENV)/bin/lint-imports

types: setup ## Check types strictly
	$(RUN) -m mypy

format: setup ## Write the code in the house style
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

serve: setup ## Serve a persistent instance from ./.schoolgroup
	$(RUN) -m schoolgroup up --data .schoolgroup

migrate: setup ## Bring the configured database to the newest schema
	$(RUN) -m schoolgroup migrate

matrix: setup ## Print policies/matrix.md anew from the policy
	$(RUN) -m schoolgroup policy matrix --write

schema: setup ## Write platform/schoolgroup/migrations/schema.sql anew from the migrations
	$(RUN) -m schoolgroup schema --write

routes: setup ## Write docs/routes.md anew from the application
	$(RUN) -m schoolgroup routes --write

client: setup ## Write platform/schoolgroup/client/generated anew from the application
	$(RUN) -m schoolgroup client --write

openapi-lint: setup ## Lint the API description by spectral and redocly, try a generated client (needs npm)
	infra/openapi-lint/check $(abspath $(RUN))

$(VENV)/.bench: $(STAMP) requirements-bench.lock
	$(RUN) -m pip $(INSTALL) --requirement requirements-bench.lock
	@touch $@

bench: $(VENV)/.bench ## Measure speed beside a peer or a limit (docs/benchmarks.md)
	$(RUN) -m bench $(ARGS)

audit: setup ## Look for secrets, weak dependencies, telling times, doors open to other schools
	$(RUN) -m pip install --quiet pip-audit || true
	$(RUN) -m tools.audit $(ARGS)

faults: setup ## Break everything at random under load, and see what holds (docs/faults.md; ARGS="--seconds 120")
	$(RUN) -m tools.faults $(ARGS)

lock: setup ## Lock the requirements anew: versions and hashes, no hosts
	$(RUN) -m pip install --quiet uv
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra dev --constraint requirements.lock pyproject.toml build-requirements.in -o requirements-dev.lock
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --constraint requirements-dev.lock build-requirements.in -o build-requirements.lock
	echo pip | $(VENV)/bin/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-annotate --no-header --output-file requirements-pip.lock -
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra dev --extra bench --constraint requirements-dev.lock pyproject.toml build-requirements.in -o requirements-bench.lock

clean: ## Remove the environment and every local instance
	rm -rf $(VENV) .schoolgroup .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help setup demo test lint types format serve migrate matrix schema routes client openapi-lint trial bench audit faults lock clean
