# tandem_torch: LibTorch as it lies in ${tandem_torch_folder} (a torch wheel, or LibTorch's own archive).
# Torch's own target hands its headers on as ordinary ones; as SYSTEM headers their warnings stay out of our build.
if(TARGET tandem_torch)
  return()
endif()
add_library(tandem_torch INTERFACE IMPORTED ${tandem_scope})

if(NOT EXISTS ${tandem_torch_folder}/lib/libtorch_cuda.so)
  set(Torch_DIR ${tandem_torch_folder}/share/cmake/Torch)
  find_package(Torch REQUIRED)
  target_include_directories(tandem_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(tandem_torch INTERFACE ${TORCH_LIBRARIES})
  return()
endif()

# A wheel with CUDA. Its CMake files look for a whole CUDA toolkit with a compiler, which nothing here needs: the wheels beside it carry
# the headers and libraries. doc/gpu.md
file(GLOB cuda_includes ${tandem_torch_folder}/../nvidia/*/include ${tandem_torch_folder}/../nvidia/*/include/cccl)
target_include_directories(tandem_torch SYSTEM INTERFACE
  ${tandem_torch_folder}/include ${tandem_torch_folder}/include/torch/csrc/api/include ${cuda_includes})
target_compile_definitions(tandem_torch INTERFACE USE_DISTRIBUTED USE_C10D_GLOO USE_C10D_NCCL)
target_link_options(tandem_torch INTERFACE -Wl,-rpath,${tandem_torch_folder}/lib)
# Nothing calls into torch_cuda by name; without --no-as-needed the linker would leave it out. libtorch.so only gathers the others, and the
# one of these wheels has pieces of the C++ library in it that must not stand in for the machine's (std::filesystem).
target_link_libraries(tandem_torch INTERFACE
  -Wl,--no-as-needed ${tandem_torch_folder}/lib/libtorch_cuda.so ${tandem_torch_folder}/lib/libc10_cuda.so
  -Wl,--as-needed ${tandem_torch_folder}/lib/libtorch_cpu.so ${tandem_torch_folder}/lib/libc10.so)
message(STATUS "LibTorch with CUDA: ${tandem_torch_folder}")
