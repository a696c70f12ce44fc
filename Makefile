# Two commands from nothing: make demo, make test. For daily work: make check. After a sentence was changed: make messages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
POT := build/theorytopractice.pot
LOCALE := theorytopractice/locale
CHINESE := $(LOCALE)/zh/LC_MESSAGES/theorytopractice.po
# The tests stand still on a day of 2026 (tests/frozen); what is quick among them runs once more two years later.
LATER := 2028-07-01T10:00:00+00:00
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

QUICK := -m "not (slow or browser or postgresql or office)"
# What asks for today: commands, pages, lists, changes. The assessment is given its day.
OF_A_DAY := $(foreach part,cli clock exchange_calendar exchange_digest exchange_listings forms report store_edits store_plan \
  store_sources,$(wildcard tests/test_$(part)*.py))
PYTEST := $(BIN)/pytest --numprocesses 2 --dist worksteal

.PHONY: demo check test coverage lint hooks browser office messages clean

demo: $(VENV)/.installed
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@$(BIN)/theorytopractice new $(DEMO)/plan.db --example
	@$(BIN)/theorytopractice assess $(DEMO)/plan.db --as-of 2026-06-30 2>$(DEMO)/warnings.txt
	@$(BIN)/theorytopractice report $(DEMO)/plan.db --as-of 2026-06-30 -o $(DEMO)/report.html 2>$(DEMO)/report.txt
	@awk 'FNR == NR || !said[$$0]; { said[$$0] = 1 }' $(DEMO)/warnings.txt $(DEMO)/report.txt >$(DEMO)/all.txt
	@mv $(DEMO)/all.txt $(DEMO)/warnings.txt && rm $(DEMO)/report.txt
	@echo "The plan:     $(DEMO)/plan.db"
	@echo "Its warnings: $(DEMO)/warnings.txt"
	@echo "The report:   $(DEMO)/report.html (open it in a browser)"
	@echo "Next:         $(BIN)/theorytopractice explain $(DEMO)/plan.db F-013 --as-of 2026-06-30"

test: $(VENV)/.tested browser office lint
	$(PYTEST)
	FROZEN_NOW=$(LATER) $(PYTEST) --quiet $(QUICK) $(OF_A_DAY)

coverage: $(VENV)/.tested browser office
	$(PYTEST) --cov --cov-report=term:skip-covered

check: lint
	$(PYTEST) --quiet $(QUICK)

lint: $(VENV)/.tested
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

hooks: $(VENV)/.tested
	$(BIN)/pre-commit install

browser:
	@command -v chromium >/dev/null || { echo "Installing Chromium for the browser tests."; \
	  $$(command -v sudo) apt-get update -qq && \
	  $$(command -v sudo) apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; }

office:
	@command -v soffice >/dev/null || { echo "Installing LibreOffice Calc for the tests of workbooks."; \
	  $$(command -v sudo) apt-get update -qq && \
	  $$(command -v sudo) apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui >/dev/null; }

# Collects what is said and adds it to the Chinese catalogue; what is translated stays. Left out are headers that say
# nothing, and the marks of messages in which pybabel takes "95 % interval" for a format.
messages: $(VENV)/.tested
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --no-default-keywords -k say -k say_n:1,2 -k say_as:1c,2 -k message -k _ \
	  --no-wrap --sort-by-file --add-location=file --project=theorytopractice -o $(POT) theorytopractice
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --no-wrap --ignore-obsolete --ignore-pot-creation-date \
	  -D theorytopractice -l zh_Hans_CN -i $(POT) -o $(CHINESE)
	@sed -E -e '/^"(Report|POT|PO|Last|Language-Team|Generated)[A-Za-z-]*:/d' -e '/^#, python-format$$/d' \
	  -e 's/^(#, .*), python-format$$/\1/' -e 's/: +theorytopractice/: theorytopractice/' $(CHINESE) > $(POT:.pot=.po)
	@cp $(POT:.pot=.po) $(CHINESE)

clean:
	rm -rf $(VENV) build dist .coverage

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml
	@echo "Installing theorytopractice into $(VENV); this takes a minute or two."
	@$(PIP) -e .
	@touch $@

$(VENV)/.tested: $(BIN)/python pyproject.toml
	@echo "Installing theorytopractice and what its tests need into $(VENV)."
	@$(PIP) -e ".[test]"
	@touch $@
