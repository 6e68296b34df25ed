# Finds every library that tandem links to. A missing one is named in one sentence.
#   Libraries.cmake  those that the layers link to; find_package(tandem) reads the same file
#   here             where LibTorch is, and what only the program needs

find_program(TANDEM_PYTHON NAMES python python3 HINTS ${PROJECT_SOURCE_DIR}/.venv/bin NO_DEFAULT_PATH)
if(NOT TANDEM_PYTHON)
  find_program(TANDEM_PYTHON NAMES python3 python REQUIRED)
endif()

# LibTorch is the one in CMAKE_PREFIX_PATH, or the one that a project above has found, or else the wheel of TANDEM_PYTHON.
set(torch_places ${CMAKE_PREFIX_PATH})
if(NOT PROJECT_IS_TOP_LEVEL)
  list(PREPEND torch_places ${Torch_DIR})
endif()
find_path(torch_config TorchConfig.cmake
  HINTS ${torch_places} PATH_SUFFIXES Torch share/cmake/Torch NO_DEFAULT_PATH NO_CACHE)
if(torch_config)
  get_filename_component(tandem_torch_folder ${torch_config}/../../.. ABSOLUTE)
else()
  execute_process(
    COMMAND ${TANDEM_PYTHON} -c "import os, torch; print(os.path.dirname(torch.__file__))"
    OUTPUT_VARIABLE tandem_torch_folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE torch_missing)
  if(torch_missing)
    message(FATAL_ERROR "LibTorch not found: ${TANDEM_PYTHON} has no torch package; run scripts/set_up.sh first.")
  endif()
endif()

set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)  # a project that adds this one links to these libraries too
set(tandem_scope GLOBAL)
include(Libraries)

find_package(CLI11 REQUIRED)
pkg_check_modules(rsvg REQUIRED IMPORTED_TARGET librsvg-2.0)
pkg_check_modules(heif REQUIRED IMPORTED_TARGET libheif>=1.15)
