# Two commands: `make map` draws the first article, `make test` runs the whole suite.
PYTHON ?= python3
ARTICLE ?= data/articles/tajikistan-csto.id.txt
VENV := .venv
BIN := $(VENV)/bin

.PHONY: map test lint format benchmark clean

map: $(VENV)/installed
	@$(BIN)/geomap map $(ARTICLE) -o map.html --force

test: $(VENV)/tested lint
	$(BIN)/pytest -n auto

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/tested
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmark: $(VENV)/tested
	$(BIN)/python tests/benchmarks/startup.py
	$(BIN)/python tests/benchmarks/store.py
	$(BIN)/python tests/benchmarks/speed.py
	$(BIN)/python tests/benchmarks/page.py

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable ".[batch,docx,image,pdf]" --group lint --group test
	@touch $@

clean:
	rm -rf $(VENV) build dist map.html
