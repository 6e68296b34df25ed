# What `cmake --install` puts under the prefix. doc/building.md shows the folders.
#   bin/tandem   libexec/tandem/tandem_draw   lib/libtandem_*.a   lib/cmake/tandem/   include/tandem/   share/doc/tandem/
#   lib/tandem/  the shared libraries of LibTorch that the program loads, with TANDEM_INSTALL_LIBTORCH
#   share/       completion for bash, zsh and fish; tandem/installed_files.txt, which scripts/uninstall.sh reads
include(CMakePackageConfigHelpers)

set(TANDEM_LIBTORCH "" CACHE PATH "Folder of the same LibTorch where tandem will run: it is loaded from there and not copied")

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
if(TANDEM_LIBTORCH)
  set_target_properties(tandem PROPERTIES INSTALL_RPATH ${TANDEM_LIBTORCH}/lib)
elseif(TANDEM_INSTALL_LIBTORCH)
  set_target_properties(tandem PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/tandem")
  string(REGEX REPLACE "([][+.*?()^$|\\])" "\\\\\\1" pattern ${tandem_torch_folder})
  install(RUNTIME_DEPENDENCY_SET tandem_loads
    POST_INCLUDE_REGEXES "^${pattern}/" POST_EXCLUDE_REGEXES ".*" LIBRARY DESTINATION lib/tandem)
else()
  set_target_properties(tandem PROPERTIES INSTALL_RPATH ${tandem_torch_folder}/lib)
endif()

# The program itself writes the scripts for shells.
set(completions ${PROJECT_BINARY_DIR}/completions)
install(CODE "
  file(MAKE_DIRECTORY \"${completions}\")
  foreach(shell bash zsh fish)
    execute_process(COMMAND \"$<TARGET_FILE:tandem>\" completion \${shell} OUTPUT_FILE \"${completions}/\${shell}\"
      COMMAND_ERROR_IS_FATAL ANY)
  endforeach()")
install(FILES ${completions}/bash DESTINATION share/bash-completion/completions RENAME tandem)
install(FILES ${completions}/zsh DESTINATION share/zsh/site-functions RENAME _tandem)
install(FILES ${completions}/fish DESTINATION share/fish/vendor_completions.d RENAME tandem.fish)

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

# The last rule, which knows all files: their paths below the prefix.
install(CODE [[
  set(installed share/tandem/installed_files.txt)
  foreach(file IN LISTS CMAKE_INSTALL_MANIFEST_FILES)
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}")
    list(APPEND installed "${file}")
  endforeach()
  list(REMOVE_DUPLICATES installed)
  list(JOIN installed "\n" text)
  file(WRITE "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/share/tandem/installed_files.txt" "${text}\n")]])
