# Two commands for everybody: `make run` and `make test`. The rest is for those who change the code.
PYTHON ?= python3.11
BIN := .venv/bin
# The tests start hundreds of processes: what is compiled once need not be compiled by each of them.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run install test check format lint types imports bench lock clean

run: install ## install, build the sample workspace in demo/, ask it one question, open its pages
	@$(BIN)/python examples/build.py demo
	@cd demo && ../$(BIN)/copilot ingest && ../$(BIN)/copilot ask "How do I prove that we review access?"
	@# Without a terminal nobody could stop the service again.
	@if [ -t 0 ] && [ -t 1 ]; then cd demo && ../$(BIN)/copilot serve --open; \
	else echo && echo "The pages: cd demo && ../$(BIN)/copilot serve --open"; fi

install: .venv/installed ## make .venv with the command `copilot`

.venv/installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed (set PYTHON=...)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	$(BIN)/python -c "from copilot import bootstrap; bootstrap.prepare_encoder(); bootstrap.load_catalog()"
	@touch $@

test: install ## run every test
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: install format lint types imports ## what must hold before a commit
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered

format:
	$(BIN)/ruff format --check .

lint:
	$(BIN)/ruff check .
	$(BIN)/codespell copilot bots tests examples benchmarks knowledge docs README.md CONTRIBUTING.md CHANGELOG.md

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports

lock: ## write requirements.lock from what is installed in a fresh .venv
	$(BIN)/pip freeze --exclude-editable | sed 's/+cpu$$//' > requirements.lock

clean:
	rm -rf .venv demo dist build .pytest_cache .mypy_cache .ruff_cache
