# The front door: every target works on a fresh Debian 12 machine as the only command.
# Needed packages that are missing are installed first (tools/install-packages).

JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 15

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test build bench lint asan tsan fuzz mutants soak style format docs packages lint-packages

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: build ## Build the program and run its demonstration on this machine's package history
	build/release/mainstem demo

build: build/release/build.ninja ## Build the program build/release/mainstem
	cmake --build --preset release --parallel $(JOBS) --target mainstem

# How long the tests look: seeds for each simulation, kills of a real process.
test: export MAINSTEM_SIM_SEEDS ?= 10000
test: export MAINSTEM_KILL_CYCLES ?= 20
asan tsan: export MAINSTEM_SIM_SEEDS ?= 500
asan tsan: export MAINSTEM_KILL_CYCLES ?= 5
soak: export MAINSTEM_SIM_SEEDS ?= 200000
soak: export MAINSTEM_KILL_CYCLES ?= 500

# Data for tests that are skipped without it.
trial_data := $(abspath $(wildcard ../shared/data))
ifneq ($(trial_data),)
test: export MAINSTEM_TRIAL_DATA ?= $(trial_data)
endif

test: ## Build everything and run all tests
asan: ## Run all tests under the address and undefined behaviour sanitizers
tsan: ## Run all tests under the thread sanitizer
test: build/release/build.ninja
	cmake --build --preset release --parallel $(JOBS)
	ctest --preset release --parallel $(JOBS)
asan tsan: %: build/%/build.ninja
	cmake --build --preset $@ --parallel $(JOBS)
	ctest --preset $@ --parallel $(JOBS)

soak: build/release/build.ninja ## Run simulations and process kills for as long as a night
	cmake --build --preset release --parallel $(JOBS)
	ctest --preset release --parallel $(JOBS) --label-regex 'simulation|integration' --timeout 3600

bench: build/release/build.ninja ## Run the micro-benchmarks and measure the log beside the disk's limit
	cmake --build --preset release --parallel $(JOBS) --target benches mainstem
	build/release/benches
	tools/bench-log

fuzz: lint-packages build/fuzz/build.ninja ## Run each fuzzer for FUZZ_SECONDS (15)
	cmake --build --preset fuzz --parallel $(JOBS)
	tools/fuzz build/fuzz/fuzz $(FUZZ_SECONDS)

mutants: packages ## Check that the tests catch each deliberate bug of tests/mutants
	tools/mutants

style: lint-packages docs ## Check format, house rules and docs
	tools/tidy_test
	tools/tidy
	tools/format --check

lint: style build/lint/build.ninja ## All of style, a build by clang, and clang-tidy
	cmake --build --preset lint --parallel $(JOBS)
	tools/analyze build/lint

format: lint-packages ## Format all C++ files in place
	tools/format

docs: packages ## Check that the docs name files that exist and quote examples as they are
	tools/check-docs

packages:
	@tools/install-packages build

lint-packages:
	@tools/install-packages build lint

build/%/build.ninja: CMakePresets.json | packages
	cmake --preset $*
