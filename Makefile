# The project's commands: `make` lists them. The README names them, .ci/run calls `make test`.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

# The first Python that is new enough; PYTHON=... chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
ENV := .venv/.installed
MODULES := js/node_modules/.installed
STATIC := js/node_modules/.built
JS_SOURCES := $(shell find js -type f -not -path 'js/node_modules/*' -not -path 'js/test/*' 2>/dev/null)

# Tests leave the user's own store and settings alone.
TEST_ENV := XDG_DATA_HOME="$(CURDIR)/build/test/data" JUPYTER_CONFIG_DIR="$(CURDIR)/build/test/jupyter"
PYTEST := $(TEST_ENV) $(PY) -m pytest
NOTEBOOKS = $(wildcard notebooks/[0-9]*.ipynb)
NBVAL = $(PYTEST) -p no:cacheprovider --nbval --nbval-current-env --nbval-cell-timeout=300 \
	$(addprefix --nbval-sanitize-with=,$(wildcard notebooks/*.cfg)) $(NOTEBOOKS)

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(ENV): pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; install one or say make PYTHON=/path/to/python" >&2; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

$(MODULES): js/package.json js/package-lock.json
	@command -v npm >/dev/null || { echo "npm not found; install Node.js >= 20 (https://nodejs.org)" >&2; exit 1; }
	@# Not npm ci: it refuses a lock without the optional binaries of other platforms, which some registries lack.
	cd js && npm install --no-save --no-audit --no-fund --loglevel=error </dev/null
	touch $@

# Built again when a source changed, or when the result was removed by hand.
$(STATIC): $(MODULES) $(JS_SOURCES) $(if $(wildcard backtestr_lab/static/*.js),,FORCE)
	cd js && npm run --silent build
	touch $@
FORCE:

.PHONY: dev warm docs
dev: $(ENV) $(STATIC) ## make the environment ready to work in
	@echo "ready: . .venv/bin/activate, then make test or make lab"

docs: $(ENV) ## write the pages that are drawn from code
	$(PY) -c 'from backtestr_lab.runs.stats import reference; print(reference(), end="")' >docs/reference/statistics.md
	PYTHONPATH=docs $(PY) -m drawn

warm: $(ENV) ## compile the engine ahead of the first run
	$(PY) -m backtestr_lab warm

.PHONY: demo lab bench
demo: $(ENV) $(STATIC) ## environment, sample, first notebook; its result as one HTML file
	mkdir -p build/demo
	$(PY) -m jupyter nbconvert --to notebook --execute --output-dir build/demo notebooks/01*.ipynb
	$(PY) -m backtestr_lab demo --out build/demo
	@echo "the executed notebook and its result: $(CURDIR)/build/demo"
	@ls -lh build/demo

lab: $(ENV) $(STATIC) ## open JupyterLab on the notebooks
	$(PY) -m jupyter lab --notebook-dir notebooks

bench: $(ENV) ## measure against hand-written loops and pandas, side by side
	$(PY) tests/bench/run.py

# Other people's engines, each in an environment of its own under build/peers (BACKTESTR_PEERS says elsewhere).
.PHONY: peers peers-page bench-peers
peers: $(ENV) ## compare trade by trade with other people's engines
	$(PY) tests/golden/peers/environments.py backtesting nautilus vectorbt
	$(PY) -m tests.golden.peers.run

peers-page: $(ENV) ## the same, written into docs/explanation/differences.md
	$(PY) tests/golden/peers/environments.py backtesting nautilus vectorbt
	$(PY) -m tests.golden.peers.run --page

# One that cannot be installed stands in the table as missed, with pip's reason.
bench-peers: $(ENV) ## measure against other people's engines; writes docs/explanation/performance.md
	-$(PY) tests/golden/peers/environments.py
	$(PY) tests/bench/run.py --only peers --page

.PHONY: test test-all test-js test-py test-slow test-notebooks test-mutants browser check
test: test-js test-py test-notebooks ## everything a change must pass: JavaScript, Python, browser, package, notebooks

test-all: check test-js test-slow test-notebooks test-mutants ## test, the long properties, faults and mutants

test-js: $(STATIC)
	cd js && npm test --silent </dev/null

# `serial` tests measure time or memory or start whole programs: nothing runs beside them.
test-py: $(ENV) $(STATIC) browser
	export CHROMIUM="$$(cat build/chromium)"; \
	$(PYTEST) -n 2 --dist loadfile -m "not slow and not serial and not ui and not peers"; \
	$(PYTEST) -m "not slow and not peers and (serial$${CHROMIUM:+ or ui})"

test-slow: $(ENV) $(STATIC) browser
	export CHROMIUM="$$(cat build/chromium)"; \
	$(PYTEST) -n 2 --dist loadfile -m "(slow or not slow) and not serial and not ui and not peers"; \
	$(PYTEST) -m "(slow or not slow) and not peers and (serial$${CHROMIUM:+ or ui})"

test-notebooks: $(ENV) $(STATIC)
	@test -n "$(NOTEBOOKS)" || { echo "no notebooks found in notebooks/" >&2; exit 1; }
	$(NBVAL)

# Each planted bug must turn its rule's test red.
test-mutants: $(ENV)
	$(PY) tests/mutants/run.py

# Leaves the browser's path in build/chromium, or nothing: then the browser's tests are skipped, never in CI.
browser:
	@mkdir -p build
	@find_one() { for b in "$${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do \
			if [ -n "$$b" ] && command -v "$$b"; then return 0; fi; done; return 1; }; \
	find_one >build/chromium && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "no browser found: installing chromium with apt-get"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } \
			</dev/null >build/apt.log 2>&1 || tail -n 20 build/apt.log >&2; \
		find_one >build/chromium && exit 0; \
	fi; \
	if [ -n "$${CI:-}" ]; then echo "no Chromium: the browser's tests cannot run, and CI never skips them" >&2; exit 1; fi; \
	echo "######## NO CHROMIUM FOUND: the browser's tests are SKIPPED; set CHROMIUM=/path/to/chrome ########" >&2; \
	: >build/chromium

check: $(ENV) $(MODULES) ## formatting, lint, types, tidiness
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy backtestr_lab
	cd js && npm run --silent check
	$(PYTEST) tests/test_tidy.py
