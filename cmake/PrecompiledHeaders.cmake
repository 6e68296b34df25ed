# Nine tenths of a small file's compilation is reading LibTorch's headers. They are read once for all layers, once for the tests and
# once for the commands, and a folder's files are compiled some at a time (-DTANDEM_UNITY=OFF: one by one, for work on a single file).
# Files still name what they use.
option(TANDEM_UNITY "Compile several files of a folder as one" ON)

set(tandem_precompiled_headers
  <ATen/ATen.h> <ATen/Parallel.h> <c10/core/InferenceMode.h>
  <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <numeric> <optional> <random> <set> <string>
  <string_view> <unordered_map> <vector>
  <nlohmann/json.hpp>)

function(tandem_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${TANDEM_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "// Nothing of its own: it carries the precompiled header.\n")
add_library(tandem_precompiled STATIC ${PROJECT_BINARY_DIR}/precompiled.cpp)
target_link_libraries(tandem_precompiled PRIVATE tandem_options tandem_torch nlohmann_json::nlohmann_json)
target_precompile_headers(tandem_precompiled PRIVATE ${tandem_precompiled_headers})
