# tandem_tests(NAME [NO_TENSORS] SOURCES a_test.cpp ... LINK layers ...)
#   One folder of tests/ is one program, NAME_tests; ctest runs its test cases one by one. A case that prints "SKIPPED:"
#   (real data absent) is shown as skipped. The test suite of a case ("slow"; "data": needs real models or data; "gpu") is its
#   ctest label; others are "fast".
#   Tests are compiled with -O1: for most of them, compiling takes longer than running.
#   NO_TENSORS: without LibTorch's headers, whose printing of vectors hides doctest's.
find_package(doctest REQUIRED)
include(doctest)

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
    COMMAND ${TANDEM_PYTHON} ${PROJECT_SOURCE_DIR}/cmake/label_tests.py $<TARGET_FILE:${name}_tests> "${name}:" ${labels})
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels})
endfunction()
