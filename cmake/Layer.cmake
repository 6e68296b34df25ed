# tandem_layer(NAME SOURCES a.cpp ... [LINK other libraries ...])
#   One folder of tandem/ is one static library, tandem_NAME; other projects know it as tandem::NAME. It links to the layers that
#   cmake/Layers.cmake names.
include(Layers)

# How our own files are compiled. Layers link to this privately: none of it reaches those who link to a layer.
add_library(tandem_options INTERFACE)
target_compile_options(tandem_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms on std::string (GCC bugs 105651, 105329), whose headers count as ours once they are precompiled.
  target_compile_options(tandem_options INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
target_include_directories(tandem_options INTERFACE ${PROJECT_SOURCE_DIR})
# at::parallel_for is a plain loop in files compiled without OpenMP; LibTorch carries the runtime. Nobody reads errno or the flags of
# the floating point unit, and without them square roots and choices between numbers become vector code.
if(TANDEM_FUZZ)  # clang's OpenMP is another runtime than LibTorch's; readers need none.
  target_compile_options(tandem_options INTERFACE -fopenmp-simd)
else()
  target_compile_options(tandem_options INTERFACE -fopenmp)
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
  add_library(tandem::${name} ALIAS tandem_${name})
  set_target_properties(tandem_${name} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(tandem_${name} PRIVATE $<BUILD_INTERFACE:tandem_options> PUBLIC ${tandem_links_${name}} ${arg_LINK})
  target_compile_features(tandem_${name} PUBLIC cxx_std_20)
  target_include_directories(tandem_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
  if(NOT TANDEM_FUZZ)
    target_link_options(tandem_${name} PUBLIC -fopenmp)
  endif()
  target_precompile_headers(tandem_${name} REUSE_FROM tandem_precompiled)
  tandem_compile_together(tandem_${name})
endfunction()
