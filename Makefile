# `make help` lists the targets. The first call of a target creates .venv and installs into it.
# Recipes are POSIX shell; GNU make 3.81 (the one that macOS ships) is enough.

VENV := .venv
INSTALLED := $(VENV)/.installed
INSTALLED_FOR_TESTS := $(VENV)/.installed-for-tests
INSTALLED_FOR_BENCH := $(VENV)/.installed-for-bench
REQUIREMENTS := pyproject.toml constraints.txt
FOOTNOTE := $(VENV)/bin/python -m bot

# The question is passed through the environment, unexpanded, so that neither make nor the shell interprets quotes,
# backticks, $ or $(…) in it.
export FOOTNOTE_QUESTION := $(value Q)
unexport Q

.PHONY: help ask chat index test quick lint format types architecture bench reader clean
.NOTPARALLEL:

help:
	@echo 'make ask Q="your question"   answer a question from the documents in seeds/'
	@echo 'make chat                    ask one question after another'
	@echo 'make index                   bring the index up to date with seeds/'
	@echo
	@echo 'make test                    everything that CI runs: lint, types, all tests, coverage'
	@echo 'make quick                   lint, types and the fast tests; less than a minute'
	@echo 'make lint                    ruff: errors and formatting'
	@echo 'make format                  ruff: fix what can be fixed, and format'
	@echo 'make types                   mypy'
	@echo 'make architecture            print the rooms of the code, upward imports and import circles'
	@echo 'make bench BENCH="NAME …"    run a benchmark of tests/benchmarks/ (docs/benchmarks.md)'
	@echo 'make reader DATA=…           train the weights of the reader and the support score (hours; can be resumed)'
	@echo 'make clean                   remove .venv and caches (the index stays)'
	@echo
	@echo 'PYTHON=/path/to/python       the Python to create .venv with (3.11, 3.12 or 3.13)'

ifeq ($(strip $(value Q)),)
ask:
	$(error usage: make ask Q="your question")
else
# Exit code 3 means that the documents do not answer, which is no error.
ask: $(INSTALLED)
	@$(FOOTNOTE) ask -- "$$FOOTNOTE_QUESTION" || { code=$$?; [ $$code -eq 3 ] || exit $$code; }
endif

chat: $(INSTALLED)
	@$(FOOTNOTE) chat

index: $(INSTALLED)
	@$(FOOTNOTE) index

test: lint types
	$(VENV)/bin/python -m pytest -n auto --maxprocesses 4 --dist worksteal --cov --cov-report=term:skip-covered

quick: lint types
	$(VENV)/bin/python -m pytest -p tests.quick -q -n auto --maxprocesses 4 --dist worksteal

lint: $(INSTALLED_FOR_TESTS)
	$(VENV)/bin/python -m ruff check .
	$(VENV)/bin/python -m ruff format --check .

format: $(INSTALLED_FOR_TESTS)
	$(VENV)/bin/python -m ruff check --fix .
	$(VENV)/bin/python -m ruff format .

types: $(INSTALLED_FOR_TESTS)
	$(VENV)/bin/python -m mypy --strict

architecture: $(INSTALLED_FOR_TESTS)
	@$(VENV)/bin/python -m tests.architecture

ifeq ($(strip $(BENCH)),)
bench:
	$(error usage: make bench BENCH="NAME OPTIONS" with a NAME of: $(basename $(notdir $(wildcard tests/benchmarks/*.py))))
else
bench: $(INSTALLED_FOR_BENCH)
	@$(VENV)/bin/python -m tests.benchmarks.$(BENCH)
endif

# Makes the weights in index/reader/weights/. Every step resumes where an interrupted one stopped.
WORK := .footnote/training
ifeq ($(strip $(DATA)),)
reader:
	$(error usage: make reader DATA=FOLDER with the folder of the question and claim sets (index/reader/weights/README.md))
else
reader: $(INSTALLED_FOR_BENCH)
	$(VENV)/bin/python -m index.reader.training reader --data $(DATA) --work $(WORK)/0 --weights $(WORK)/0/reader.safetensors
	$(VENV)/bin/python -m index.reader.training reader --data $(DATA) --work $(WORK)/1 --weights $(WORK)/1/reader.safetensors \
		--start $(WORK)/0/reader.safetensors --part 1 --seed 1
	$(VENV)/bin/python -m index.reader.training.averaging $(WORK)/0/reader.safetensors $(WORK)/1/reader.safetensors \
		$(WORK)/mean.safetensors
	$(VENV)/bin/python -m index.reader.training help --data $(DATA) --work $(WORK)/2 --weights $(WORK)/2/help.safetensors \
		--start $(WORK)/mean.safetensors
	$(VENV)/bin/python -m index.reader.training.averaging $(WORK)/mean.safetensors $(WORK)/2/help.safetensors \
		index/reader/weights/reader.safetensors
	$(VENV)/bin/python -m index.reader.training.fitting.reader --data $(DATA) --keep $(WORK)/fitting
	$(VENV)/bin/python -m index.reader.training support --data $(DATA) --work $(WORK)/0 --passes 2 \
		--weights $(WORK)/0/support.safetensors --start $(WORK)/mean.safetensors
	$(VENV)/bin/python -m index.reader.training support --data $(DATA) --work $(WORK)/1 --passes 2 --part 1 \
		--weights $(WORK)/1/support.safetensors --start $(WORK)/mean.safetensors
	$(VENV)/bin/python -m index.reader.training.averaging $(WORK)/0/support.safetensors $(WORK)/1/support.safetensors \
		index/reader/weights/support.safetensors
	$(VENV)/bin/python -m index.reader.training.fitting.support --data $(DATA)/claims
endif

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	find bot index tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are written last, so that the next call repeats an interrupted installation.
$(INSTALLED): $(REQUIREMENTS)
	@$(call install,.)
	@touch $@

$(INSTALLED_FOR_TESTS): $(REQUIREMENTS)
	@$(call install,.[test])
	@touch $@ $(INSTALLED)

$(INSTALLED_FOR_BENCH): $(REQUIREMENTS)
	@$(call install,.[bench])
	@touch $@ $(INSTALLED)

# $(call install,WHAT): create .venv with a suitable Python unless it exists, then install WHAT.
define install
suitable() { \
	"$$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
}; \
if ! suitable $(VENV)/bin/python; then \
	if [ -n "$$PYTHON" ]; then set -- "$$PYTHON"; else set -- python3 python3.13 python3.12 python3.11; fi; \
	chosen=; for python in "$$@"; do if suitable "$$python"; then chosen=$$python; break; fi; done; \
	if [ -z "$$chosen" ]; then \
		echo "Footnote needs Python 3.11, 3.12 or 3.13 with venv, and $$* is not that: make PYTHON=/path/to/python …" >&2; \
		exit 2; \
	fi; \
	"$$chosen" -m venv --clear $(VENV) || exit 2; \
fi; \
echo "Installing Footnote and its libraries into $(VENV); the first time this takes a few minutes …" >&2; \
PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)/bin/python -m pip install -qq -c constraints.txt -e '$(1)'
endef
