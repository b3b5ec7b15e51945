# Everything runs in .venv, which each target makes or reuses. PYTHON=/path/to/python3 chooses the interpreter,
# ARGS go to pytest: make test ARGS='-k tenant -x'. WORKERS=0 runs them in one process. Faults are drawn by chance,
# FAULT_ROUNDS times each, and FAULT_SEED, which every failure names, draws them again.
.POSIX:
PYTHON =
ARGS =
WORKERS = 2
FAULT_ROUNDS = 5
FAULT_SEED = 1

help:
	@echo 'make demo        from nothing to seeded exceptions on a PostgreSQL of its own'
	@echo 'make test        the tests, but for the slow ones'
	@echo 'make test-slow   the slow ones: packaging, faults, kill points'
	@echo 'make faults      many more faults than those: every one, in every job, at many points'
	@echo 'make check       lint, format, types, import contracts, generated pages'
	@echo 'make coverage    the tests with branch coverage, as a table and in htmlcov/'
	@echo 'make docs        bring the generated pages up to date'
	@echo 'make catalogue   write the catalogue that each migration leaves'
	@echo 'make bench       side-by-side measurements'
	@echo 'make lock        pin the newest allowed requirements'
	@echo 'make clean       remove .venv and what was built or cached'

demo: runtime
	@.venv/bin/sentinai demo

test: dev
	.venv/bin/pytest -m 'not slow' -n $(WORKERS) $(ARGS)

test-slow: dev
	.venv/bin/pytest -m slow $(ARGS)

faults: dev
	FAULT_ROUNDS=$(FAULT_ROUNDS) FAULT_SEED=$(FAULT_SEED) .venv/bin/pytest tests/faults $(ARGS)

check: lint format types imports pages

lint: dev
	.venv/bin/ruff check .

format: dev
	.venv/bin/ruff format --check .

types: dev
	.venv/bin/mypy

imports: dev
	.venv/bin/lint-imports --no-cache

pages: dev
	.venv/bin/python docs/generate.py --check

coverage: dev
	.venv/bin/pytest -m 'not slow' -n $(WORKERS) --cov --cov-report=term --cov-report=html $(ARGS)

bench: dev
	@for file in benchmarks/*.py; do .venv/bin/python "$$file" || exit 1; done

docs: dev
	@.venv/bin/python docs/generate.py

catalogue: dev
	@UPDATE_GOLDEN=1 .venv/bin/pytest -q tests/db/test_fingerprint.py

lock: dev
	@requirements/lock

clean:
	rm -rf .venv dist build htmlcov .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime dev:
	@PYTHON='$(PYTHON)' requirements/install $@

.PHONY: help demo test test-slow faults check lint format types imports pages coverage docs catalogue bench lock clean runtime dev
