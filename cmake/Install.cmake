# What `cmake --install` puts under the prefix. doc/building.md shows the folders.
#   bin/tandem   libexec/tandem/tandem_draw   lib/libtandem_*.a   lib/cmake/tandem/   include/tandem/   share/doc/tandem/
#   lib/tandem/  the shared libraries of LibTorch that the program loads, with TANDEM_INSTALL_LIBTORCH
include(CMakePackageConfigHelpers)

if(EXISTS ${tandem_torch_folder}/lib/libtorch_cuda.so)
  option(TANDEM_INSTALL_LIBTORCH "Install the shared libraries of LibTorch beside tandem's" OFF)
  if(TANDEM_INSTALL_LIBTORCH)
    message(FATAL_ERROR "TANDEM_INSTALL_LIBTORCH: LibTorch with CUDA is several GB and is not copied; without this option "
      "the installed program finds it in ${tandem_torch_folder}.")
  endif()
else()
  option(TANDEM_INSTALL_LIBTORCH "Install the shared libraries of LibTorch beside tandem's" ON)
endif()

set(layer_targets)
foreach(layer ${TANDEM_LAYERS})
  string(REPLACE / _ name ${layer})
  list(APPEND layer_targets tandem_${name})
endforeach()
install(TARGETS ${layer_targets} EXPORT tandemTargets ARCHIVE DESTINATION lib)
install(TARGETS tandem RUNTIME_DEPENDENCY_SET tandem_loads RUNTIME DESTINATION bin)
install(TARGETS tandem_draw RUNTIME DESTINATION libexec/tandem)
if(TANDEM_INSTALL_LIBTORCH)
  set_target_properties(tandem PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/tandem")
  string(REGEX REPLACE "([][+.*?()^$|\\])" "\\\\\\1" pattern ${tandem_torch_folder})
  install(RUNTIME_DEPENDENCY_SET tandem_loads
    POST_INCLUDE_REGEXES "^${pattern}/" POST_EXCLUDE_REGEXES ".*" LIBRARY DESTINATION lib/tandem)
else()
  set_target_properties(tandem PROPERTIES INSTALL_RPATH ${tandem_torch_folder}/lib)
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/tandem DESTINATION include
  FILES_MATCHING PATTERN "*.h" PATTERN pages EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/doc DESTINATION share/doc/tandem)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
  DESTINATION share/doc/tandem)

# find_package(tandem)
set(package lib/cmake/tandem)
include(${tandem_torch_folder}/share/cmake/Torch/TorchConfigVersion.cmake)
set(tandem_torch_version ${PACKAGE_VERSION})
configure_file(${PROJECT_SOURCE_DIR}/cmake/tandemConfig.cmake.in ${PROJECT_BINARY_DIR}/tandemConfig.cmake @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tandemConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT tandemTargets NAMESPACE tandem:: DESTINATION ${package})
install(FILES ${PROJECT_BINARY_DIR}/tandemConfig.cmake ${PROJECT_BINARY_DIR}/tandemConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/Libraries.cmake ${PROJECT_SOURCE_DIR}/cmake/LibTorch.cmake
  DESTINATION ${package})
