# Mercury. `make help` lists what there is.
SHELL := /bin/sh
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup native asterisk demo run doctor load test test-unit test-slow test-soak test-fuzz test-survival test-engines lint flows openapi format bench clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## The virtual environment with pinned packages (every target below sees to it)
	@tools/setup

asterisk: setup ## Find or fetch an Asterisk 22, and say where it is
	@$(PY) -m ari_app asterisk

native: setup ## Compile what every frame goes through, where a C compiler is at hand (about a minute)
	@tools/native

demo: native ## The shop's calls, for real: Asterisk, SIP phones, speech, results; report in build/demo
	@$(PY) -m ari_app demo

run: native ## Mercury and its Asterisk, for use, until Ctrl-C
	@$(PY) -m ari_app run

doctor: setup ## What this machine has, lacks, and what to do about it
	@$(PY) -m ari_app doctor

load: native ## Load a running Mercury with calls, and report (CALLS RATE FLOW MIX LADDER …; docs/load.md)
	@$(PY) -m load $(if $(FLOW),--flow $(FLOW)) $(if $(CALLS),--calls $(CALLS)) $(if $(RATE),--rate $(RATE)) \
	  $(if $(AT_ONCE),--at-once $(AT_ONCE)) $(if $(LADDER),--ladder $(LADDER)) $(if $(DIRECTION),--direction $(DIRECTION)) \
	  $(if $(TO),--to $(TO)) $(if $(MIX),--mix $(MIX)) $(if $(SEED),--seed $(SEED)) $(if $(OUT),--out $(OUT)) \
	  $(if $(TARGET),--target $(TARGET)) $(if $(API),--api $(API)) $(if $(TOKEN_FILE),--token-file $(TOKEN_FILE)) \
	  $(if $(CONTACTS),--contacts $(CONTACTS)) $(if $(CONFIRM),--i-may-load $(CONFIRM)) $(ARGS)

test: native lint flows test-unit ## The gates, the shop's flows, and all tests (the real Asterisk among them)
	@$(PY) -m pytest -n 2 --dist loadfile -m "asterisk and not slow"

test-unit: setup ## The tests that need no Asterisk
	@$(PY) -m pytest -n logical --maxprocesses 4 -m "not slow and not asterisk"

test-slow: setup ## Longer suites: bad lines, hours of drift, fuzz (the soak apart)
	@$(PY) -m pytest -m slow --timeout 1800 --ignore tests/asterisk/test_soak.py --ignore tests/asterisk/test_survival_kills.py

test-soak: setup ## Call set-ups in fast succession and a ten-minute call on the real Asterisk (SOAK_S, SOAK_CALLS)
	@$(PY) -m pytest tests/asterisk/test_soak.py -m slow --timeout 3600

test-survival: native ## Hundreds of kills, dead databases, frozen nodes, a thousand orders at once, on the real Asterisk
	@$(PY) -m pytest -s --timeout 3600 tests/ari_app/store/test_races.py tests/asterisk/test_restart.py tests/asterisk/test_survival*.py

test-fuzz: setup ## A million hostile RTP packets (FUZZ_SEED moves the seeds)
	@$(PY) -m pytest tests/media/rtp/test_fuzz.py -m slow --timeout 1800

test-engines: setup ## Engines of other packages, on tiny models made on the spot (in .venv-engines and .venv-parler; gigabytes)
	@tools/engines
	@.venv-engines/bin/python -m pytest -rs tests/media/asr/test_whisper.py tests/media/vad/test_silero.py tests/media/tts/test_kokoro.py \
		tests/media/llm/test_llama.py tests/media/llm/test_llama_stopping.py tests/ari_app/calls/test_thinking_llama.py \
		tests/ari_app/trials/test_real_engines.py
	@.venv-parler/bin/python -m pytest -rs tests/media/tts/test_parler.py tests/ari_app/trials/test_real_engines.py

lint: setup ## Format, lint, types, walls between packages, repeated blocks
	@.venv/bin/ruff format --check --quiet . || { echo "make format mends it"; exit 1; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo 2>/dev/null >build-lint.log || { cat build-lint.log; rm -f build-lint.log; exit 1; }; rm -f build-lint.log
	@.venv/bin/pylint --disable=all --enable=duplicate-code --min-similarity-lines=12 --ignore-imports=y --ignore-signatures=y --score=n ari_app ivr_flows media phones demo load

flows: setup ## Check the shop's flows, run their cases, and see that every path is walked
	@$(PY) -m ari_app flows check --strict
	@$(PY) -m ari_app flows test
	@$(PY) -m ari_app flows coverage --least 100

openapi: setup ## Write the REST interface's description to docs/openapi.json
	@$(PY) -m ari_app openapi > docs/openapi.json

format: setup ## Format the code, mend what can be mended
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --fix --quiet .

bench: native ## The benchmarks; figures as JSON in build/bench
	@$(PY) -m bench

clean: ## Remove what was built and written at run time (not the cache)
	@rm -rf build .mercury .venv .venv-engines .venv-parler .mypy_cache .ruff_cache .pytest_cache .hypothesis
