# Sharp Eyes: `make demo` shows it, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Where somebody set it, each of the many processes that tests start would compile our modules anew.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# What nobody imports, or what only a test or two does: Python compiles that when it comes to it.
NOT_COMPILED := /(tests?|fontTools|matplotlib|moto|mypy|mypyc|pip|pkg_resources|pygments/lexers|setuptools)/

.PHONY: help demo test lint lint-python lint-oldest lint-page format setup page docs clean

help:
	@echo "make demo     set everything up and run the demo: hub, broker and a gateway on the bundled clips"
	@echo "make test     set everything up and run all tests (parts that need Debian packages are skipped without them)"
	@echo "make lint     ruff, mypy, import-linter; TypeScript, ESLint and Vitest on the page"
	@echo "make format   format the Python code"
	@echo "make docs     build the guides' site, English and Chinese, in build/docs/site; every link is checked"
	@echo "make clean    remove the environment and what was built"

demo: setup page
	@$(BIN)/sharp-eyes-hub demo

test: setup page
	@$(BIN)/pytest -n 5 --dist loadfile --no-loadscope-reorder

# The page's checks take as long as both of the others: begun last they would end alone.
lint: setup page
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint-page lint-python lint-oldest

lint-python: setup
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy

lint-oldest: setup
	@$(BIN)/mypy --python-version 3.10 contract edge client
	@$(BIN)/lint-imports

lint-page: setup
	@$(BIN)/python scripts/build_page.py --check

format: setup
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

setup: $(READY)

page: $(READY)
	@$(BIN)/python scripts/build_page.py

docs: setup
	@$(PIP) install --constraint requirements/lock.txt --editable '.[docs]'
	@$(BIN)/python scripts/build_docs.py

$(READY): pyproject.toml requirements/lock.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Sharp Eyes needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.12 ...")'
	@echo "Setting up the Python environment in $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@# The lock holds all of it (tests/test_lock.py): there is nothing to work out, and what builds our own is among it.
	@$(PIP) install --no-compile --no-deps --requirement requirements/lock.txt
	@$(PIP) install --no-compile --no-deps --no-build-isolation --editable .
	@# pip would compile on one core, and ours each of the processes that tests start; what cannot be is nobody's to import.
	@$(BIN)/python -m compileall -qq -j 0 -x '$(NOT_COMPILED)' $(VENV)/lib contract edge hub/sharp_eyes client || true
	@touch $(READY)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf build/docs hub/sharp_eyes/hub/web/dist hub/page/node_modules
