# tandem_layer(NAME SOURCES a.cpp ... [LINK other libraries ...])
#   One folder of tandem/ is one static library, tandem_NAME. It links to the layers that cmake/Layers.cmake names.
# tandem_tests(NAME [NO_TENSORS] SOURCES a_test.cpp ... LINK layers ...)
#   One folder of tests/ is one program, NAME_tests; ctest runs its test cases one by one. A case that prints "SKIPPED:"
#   (real data absent) is shown as skipped. A case's test suite ("slow", "data", "gpu") is its ctest label; others are "fast".
#   Tests are compiled with -O1: for most of them, compiling takes longer than running.
#   NO_TENSORS: without LibTorch's headers, whose printing of vectors hides doctest's.

include(doctest)
include(Layers)

add_library(tandem_options INTERFACE)
target_compile_options(tandem_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms on std::string (GCC bugs 105651, 105329), whose headers count as ours once they are precompiled.
  target_compile_options(tandem_options INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
target_include_directories(tandem_options INTERFACE ${CMAKE_SOURCE_DIR})
# at::parallel_for is a plain loop in files compiled without OpenMP; LibTorch carries the runtime. Nobody reads errno or the flags of
# the floating point unit, and without them square roots and choices between numbers become vector code.
if(TANDEM_FUZZ)  # clang's OpenMP is another runtime than LibTorch's; readers need none.
  target_compile_options(tandem_options INTERFACE -fopenmp-simd)
else()
  target_compile_options(tandem_options INTERFACE -fopenmp)
  target_link_options(tandem_options INTERFACE -fopenmp)
endif()
target_compile_options(tandem_options INTERFACE -fno-math-errno -fno-trapping-math)
if(TANDEM_SANITIZE)
  target_compile_options(tandem_options INTERFACE -fsanitize=address,undefined -fno-sanitize=vptr -fno-omit-frame-pointer)
  target_link_options(tandem_options INTERFACE -fsanitize=address,undefined -fno-sanitize=vptr)
endif()

if(TANDEM_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "TANDEM_FUZZ needs clang, which has libFuzzer; scripts/fuzz.sh chooses it.")
  endif()
  target_compile_options(tandem_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

include(PrecompiledHeaders)

function(tandem_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_library(tandem_${name} STATIC ${arg_SOURCES})
  target_link_libraries(tandem_${name} PUBLIC tandem_options ${tandem_links_${name}} ${arg_LINK})
  target_precompile_headers(tandem_${name} REUSE_FROM tandem_precompiled)
  tandem_compile_together(tandem_${name})
endfunction()

function(tandem_tests name)
  cmake_parse_arguments(arg "NO_TENSORS" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name}_tests ${arg_SOURCES})
  target_link_libraries(${name}_tests PRIVATE tandem_test_main ${arg_LINK})
  if(NOT arg_NO_TENSORS)
    target_precompile_headers(${name}_tests REUSE_FROM tandem_test_main)
  endif()
  tandem_compile_together(${name}_tests)
  doctest_discover_tests(${name}_tests TEST_PREFIX "${name}: "
    PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED:" TIMEOUT 600)
  set(labels ${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake)
  add_custom_command(TARGET ${name}_tests POST_BUILD BYPRODUCTS ${labels} VERBATIM
    COMMAND ${TANDEM_PYTHON} ${PROJECT_SOURCE_DIR}/cmake/label_tests.py $<TARGET_FILE:${name}_tests> "${name}: " ${labels})
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels})
endfunction()
