# make demo   set-up, build, then the main job on Open Clip Art   (make demo DATA=flickr8k:DIR for Flickr8k)
# make test   set-up (with a browser for the pages), build, every test
# make build  set-up, build everything: the program is build/tandem
# make install PREFIX=DIR   set-up, build the program, install it with headers and libraries (doc/building.md)
PYTHON ?= python3
USE_CURRENT_PYTHON ?= 0
FOR_TESTS ?= 0
PRESET ?= release
DATA ?= openclipart:
DEMO ?= demo
PREFIX ?= /usr/local

.PHONY: demo test build program install setup clean

demo: program
	@scripts/demo.sh build/tandem '$(DATA)' '$(DEMO)'

test: FOR_TESTS = 1
test: build
	@python3 scripts/check_layers.py
	@ctest --preset $(PRESET) --parallel 2

build: setup
	@scripts/build.sh $(PRESET) all

program: setup
	@scripts/build.sh release tandem

install: program
	@cmake --install build --prefix '$(PREFIX)'

setup:
	@PYTHON='$(PYTHON)' USE_CURRENT_PYTHON='$(USE_CURRENT_PYTHON)' FOR_TESTS='$(FOR_TESTS)' scripts/set_up.sh

clean:
	rm -rf build build-debug build-asan
