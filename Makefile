# `make` lists the targets.
# A distribution's interpreter is built with profiles of real programs, and a node on it takes a
# fifth less processor time than on one that was built without.
PYTHON ?= $(shell /usr/bin/python3.11 -c 'import ensurepip' 2>/dev/null && echo /usr/bin/python3.11 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
BROKERS ?= 1
KAFKA_PORT ?= 9092
POSTGRES_PORT ?= 5432
SEEDS ?= 0..299
STEPS ?= 2000
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup run test check format protos protos-check protos-release lock bench bench-alone bench-servers simulate clean \
	kafka-up kafka-down postgres-up postgres-down real real-down faults

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(BIN)/yidi: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(BIN)/yidi

setup: $(BIN)/yidi ## build .venv/ from the lock file, with .venv/bin/yidi in it

run: setup ## start the network, replay the shipped corpus, print the day (ARGS=--once ends there)
	$(BIN)/yidi demo $(ARGS)

# 5: there is no such test where ARGS says.
test: setup ## unit, property, contract and scenario tests; then those on a broker, by themselves
	@failed=0; \
	$(BIN)/python -m pytest $(ARGS) || test $$? -eq 5 || failed=1; \
	$(BIN)/python -m pytest -m broker -n 3 $(ARGS) || test $$? -eq 5 || failed=1; \
	exit $$failed

check: setup protos-check ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## format and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

protos: setup ## generate the Python code beside each .proto
	$(BIN)/python scripts/generate_protos.py

protos-check: setup ## fail when the code is not what the .proto files give, or they break a release
	$(BIN)/python scripts/generate_protos.py --check
	$(BIN)/python -m scripts.released_protos

protos-release: setup ## make the present .proto files the ones that later changes may not break
	$(BIN)/python -m scripts.released_protos --move

lock: setup ## resolve pyproject.toml anew into requirements.lock (needs uv on the PATH)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--group dev pyproject.toml --output-file requirements.lock

simulate: setup ## every promise under seeded faults: SEEDS=0..299, STEPS=2000 (ARGS=--planted=…)
	$(BIN)/yidi simulate --seeds $(SEEDS) --steps $(STEPS) --jobs $(JOBS) $(ARGS)

bench: bench-alone bench-servers ## measure everything and print medians (ARGS=--quick)

bench-alone: setup ## measure the command, the rules and a network in one process
	$(BIN)/python -m tests.bench $(ARGS)

bench-servers: setup ## measure a network on Kafka and PostgreSQL (ARGS=--write=docs/benchmarks.md)
	$(BIN)/python -m tests.bench.on_servers $(ARGS)

kafka-up: ## start Apache Kafka on 127.0.0.1 (BROKERS=3 for three, KAFKA_PORT=9092); needs java, mvn
	$(PYTHON) scripts/broker.py up --brokers $(BROKERS) --port $(KAFKA_PORT)

kafka-down: ## end the brokers that kafka-up started; their data stays in var/broker-N
	$(PYTHON) scripts/broker.py down

postgres-up: ## start a PostgreSQL server on 127.0.0.1 (POSTGRES_PORT=5432), also as root
	$(PYTHON) scripts/postgres.py up --port $(POSTGRES_PORT)

postgres-down: ## end the server that postgres-up started; its data stays in var/postgres
	$(PYTHON) scripts/postgres.py down

real: setup ## broker, database and each role as processes of their own (ARGS="--brokers 3 --care 2")
	$(BIN)/python scripts/real.py up $(ARGS)

real-down: ## end everything that real started; its state stays in var/real
	$(PYTHON) scripts/real.py down $(ARGS)

faults: setup ## kill a real network under load and prove what is left (ARGS="--seed 1 --kills 14")
	$(BIN)/yidi faults $(ARGS)

clean: ## remove the virtual environment and all state
	rm -rf $(VENV) var build *.egg-info
