# Every library tandem links to, as one imported target each. A missing one is named in one sentence.

find_program(TANDEM_PYTHON NAMES python python3 HINTS ${CMAKE_SOURCE_DIR}/.venv/bin NO_DEFAULT_PATH)
if(NOT TANDEM_PYTHON)
  find_program(TANDEM_PYTHON NAMES python3 python REQUIRED)
endif()
execute_process(
  COMMAND ${TANDEM_PYTHON} -c "import os, torch; print(os.path.dirname(torch.__file__))"
  OUTPUT_VARIABLE torch_folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE torch_missing)
if(torch_missing)
  message(FATAL_ERROR "LibTorch not found: ${TANDEM_PYTHON} has no torch package; run scripts/set_up.sh first.")
endif()
include(LibTorch)

find_package(Threads REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(doctest REQUIRED)

find_package(PkgConfig REQUIRED)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(jpeg REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(webp REQUIRED IMPORTED_TARGET libwebp)
pkg_check_modules(rsvg REQUIRED IMPORTED_TARGET librsvg-2.0)
pkg_check_modules(cairo REQUIRED IMPORTED_TARGET cairo cairo-svg cairo-pdf cairo-png)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
