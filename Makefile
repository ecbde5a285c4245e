# Each command does its own set-up; nothing else to know. PYTHON=python3.12 make run picks another Python.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help run test check bench

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(MAKEFILE_LIST) | grep -v '^make help'

run: ## start everything on http://127.0.0.1:8000 (variables: PORT, HOST, DATABASE_URL, DEMO=0)
	@exec $(PYTHON) -I webapp/bootstrap.py run

test: ## every test, in a temporary database of its own
	@exec $(PYTHON) -I webapp/bootstrap.py test

check: ## style, types, architecture, translations, lock files
	@exec $(PYTHON) -I webapp/bootstrap.py check

bench: ## measure the speed of what matters
	@exec $(PYTHON) -I webapp/bootstrap.py bench
