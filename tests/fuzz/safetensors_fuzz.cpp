#include "fuzz/fuzz.h"
#include "tandem/storage/safetensors.h"

using namespace tandem;

namespace {

void read_all(const std::filesystem::path& path) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  unsigned sum = 0;
  for (const auto& [name, entry] : file.entries()) {
    const at::Tensor tensor = file.tensor(name);
    const auto* bytes = static_cast<const unsigned char*>(tensor.const_data_ptr());
    if (tensor.nbytes() != entry.end - entry.begin) std::abort();
    for (std::size_t i = 0; i < tensor.nbytes(); ++i) sum += bytes[i];
  }
  [[maybe_unused]] static volatile unsigned kept = sum;  // or nothing need be read
  SafetensorsFile::open_checked(path);
}

/// The header in a file whose payload has 64 bytes.
std::string with_length(std::string_view header) {
  std::string file;
  for (int i = 0; i < 8; ++i) file += static_cast<char>(header.size() >> (8 * i) & 255);
  return file.append(header).append(64, '\1');
}

}  // namespace

TANDEM_FUZZ_TARGET(safetensors) {
  static fuzz::Folder folder;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::answer([&] { read_all(folder.write("whole.safetensors", text)); });
  return fuzz::answer([&] { read_all(folder.write("header.safetensors", with_length(text))); });
}

TANDEM_LARGE_SEEDS(safetensors) {
  const std::string empty = R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},)";
  return {fuzz::nested_lists(1'000'000),
          fuzz::nested_objects(500'000),
          R"({"x":)" + fuzz::nested_lists(500'000) + "}",
          "{" + fuzz::counted("\"t", empty, 300'000) + R"("__metadata__":{}})",
          R"({"t":{"dtype":"U8","shape":[)" + fuzz::repeated("1,", 500'000) + R"(64],"data_offsets":[0,64]}})",
          R"({"__metadata__":{)" + fuzz::counted("\"k", "\":\"\",", 500'000) + R"("z":""}})"};
}
