# The first call of a target that needs it makes .venv and installs into it; `make help` lists the targets.
# Recipes are plain POSIX shell, and nothing here needs more than GNU make 3.81 (that of macOS).

VENV := .venv
INSTALLED := $(VENV)/.installed
INSTALLED_FOR_TESTS := $(VENV)/.installed-for-tests
INSTALLED_FOR_BENCH := $(VENV)/.installed-for-bench
REQUIREMENTS := pyproject.toml constraints.txt
FOOTNOTE := $(VENV)/bin/python -m bot

# The question reaches the command through the environment and unexpanded, so that quotes, backticks, $ and $(…) in it
# are neither read by the shell nor by make.
export FOOTNOTE_QUESTION := $(value Q)
unexport Q

.PHONY: help ask chat index test bench reader clean
.NOTPARALLEL:

help:
	@echo 'make ask Q="your question"   answer a question from the documents in seeds/'
	@echo 'make chat                    ask one question after another'
	@echo 'make index                   read what is new or changed in seeds/'
	@echo 'make test                    ruff, mypy and the tests'
	@echo 'make bench BENCH="NAME …"    a measurement of tests/benchmarks/'
	@echo 'make reader DATA=…           train the reader and the support score anew (hours; can be interrupted)'
	@echo 'make clean                   remove .venv and caches (what was indexed stays)'
	@echo 'PYTHON=/path/to/python       which Python .venv is made with (3.11, 3.12 or 3.13)'

ifeq ($(strip $(value Q)),)
ask:
	$(error usage: make ask Q="your question")
else
# An abstention (exit code 3) is an answer, not an error.
ask: $(INSTALLED)
	@$(FOOTNOTE) ask -- "$$FOOTNOTE_QUESTION" || { code=$$?; [ $$code -eq 3 ] || exit $$code; }
endif

chat: $(INSTALLED)
	@$(FOOTNOTE) chat

index: $(INSTALLED)
	@$(FOOTNOTE) index

test: $(INSTALLED_FOR_TESTS)
	$(VENV)/bin/python -m ruff check .
	$(VENV)/bin/python -m ruff format --check .
	$(VENV)/bin/python -m mypy --strict
	$(VENV)/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile

ifeq ($(strip $(BENCH)),)
bench:
	$(error usage: make bench BENCH="NAME OPTIONS" with a NAME of: $(basename $(notdir $(wildcard tests/benchmarks/*.py))))
else
bench: $(INSTALLED_FOR_BENCH)
	@$(VENV)/bin/python -m tests.benchmarks.$(BENCH)
endif

# What the weights in index/reader/weights/ were made with; each step goes on where an interrupted one has stopped.
WORK := .footnote/training
ifeq ($(strip $(DATA)),)
reader:
	$(error usage: make reader DATA=FOLDER, which holds the question and claim sets (index/reader/weights/README.md))
else
reader: $(INSTALLED_FOR_BENCH)
	$(VENV)/bin/python -m index.reader.training reader --data $(DATA) --work $(WORK)/0 --weights $(WORK)/0/reader.safetensors
	$(VENV)/bin/python -m index.reader.training reader --data $(DATA) --work $(WORK)/1 --weights $(WORK)/1/reader.safetensors \
		--start $(WORK)/0/reader.safetensors --part 1 --seed 1
	$(VENV)/bin/python -m index.reader.training.averaging $(WORK)/0/reader.safetensors $(WORK)/1/reader.safetensors \
		index/reader/weights/reader.safetensors
	$(VENV)/bin/python -m tests.benchmarks.fit_trained --data $(DATA)
	$(VENV)/bin/python -m index.reader.training support --data $(DATA) --work $(WORK)/0 --passes 2 \
		--weights $(WORK)/0/support.safetensors --start index/reader/weights/reader.safetensors
	$(VENV)/bin/python -m index.reader.training support --data $(DATA) --work $(WORK)/1 --passes 2 --part 1 \
		--weights $(WORK)/1/support.safetensors --start index/reader/weights/reader.safetensors
	$(VENV)/bin/python -m index.reader.training.averaging $(WORK)/0/support.safetensors $(WORK)/1/support.safetensors \
		index/reader/weights/support.safetensors
	$(VENV)/bin/python -m tests.benchmarks.fit_support --data $(DATA)/claims
endif

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find bot index tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are written last: an installation that was interrupted is taken up again by the next call.
$(INSTALLED): $(REQUIREMENTS)
	@$(call install,.)
	@touch $@

$(INSTALLED_FOR_TESTS): $(REQUIREMENTS)
	@$(call install,.[test])
	@touch $@ $(INSTALLED)

$(INSTALLED_FOR_BENCH): $(REQUIREMENTS)
	@$(call install,.[bench])
	@touch $@ $(INSTALLED)

# $(call install,WHAT): makes .venv with a suitable Python unless it is there, then installs WHAT.
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
