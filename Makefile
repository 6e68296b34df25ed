# make demo   set-up, build, then the main job on Open Clip Art   (make demo DATA=flickr8k:DIR for Flickr8k)
# make test   set-up (with a browser for the pages), build, checks of form, clang-tidy over what changed, every test
# make build  set-up, build everything: the program is build/tandem
# make install PREFIX=DIR   set-up, build the program, install it with headers and libraries (doc/building.md);
#                           TANDEM_LIBTORCH=DIR: without its own copy of LibTorch, which is then loaded from DIR
# make uninstall PREFIX=DIR   remove what 'make install' put there
# make test-fast   build, then the tests labelled fast
# make tidy        clang-tidy over everything; takes long
# make format      clang-format and ruff over everything
# make clean       remove what was built
# make clean-all   remove what set-up fetched too: .venv, models and caches, not demos
PYTHON ?= python3
USE_CURRENT_PYTHON ?= 0
FOR_TESTS ?= 0
PRESET ?= release
DATA ?= openclipart:
DEMO ?= demo
PREFIX ?= /usr/local
TANDEM_LIBTORCH ?=

.PHONY: demo test test-fast tidy format build program install uninstall setup clean clean-all

demo: program
	@scripts/demo.sh build/tandem '$(DATA)' '$(DEMO)'

test test-fast tidy format: FOR_TESTS = 1

test: build
	@scripts/check_format.sh
	@python3 scripts/check_layers.py
	@python3 scripts/tidy.py --seconds 100
	@ctest --preset $(PRESET) --parallel 2

test-fast: build
	@ctest --preset $(PRESET) --parallel 2 --label-regex '^fast$$'

tidy: setup
	@python3 scripts/tidy.py --all

format: setup
	@scripts/check_format.sh --fix

build: setup
	@scripts/build.sh $(PRESET) all

program: setup
	@scripts/build.sh release tandem

install: program
	@cmake -S . -B build -DTANDEM_LIBTORCH='$(TANDEM_LIBTORCH)' > build/configure.log
	@cmake --build build --target tandem
	@cmake --install build --prefix '$(PREFIX)'

uninstall:
	@scripts/uninstall.sh '$(PREFIX)'

setup:
	@PYTHON='$(PYTHON)' USE_CURRENT_PYTHON='$(USE_CURRENT_PYTHON)' FOR_TESTS='$(FOR_TESTS)' scripts/set_up.sh

clean:
	rm -rf build build-debug build-asan build-tidy

clean-all: clean
	rm -rf .venv models .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
