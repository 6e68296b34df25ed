#include "fuzz/fuzz.h"
#include "tandem/storage/npy_file.h"

using namespace tandem;

namespace {

void read_array(const std::filesystem::path& path) {
  const at::Tensor array = read_npy(path);
  const auto* bytes = static_cast<const unsigned char*>(array.const_data_ptr());
  unsigned sum = 0;
  for (std::size_t i = 0; i < array.nbytes(); ++i) sum += bytes[i];
  [[maybe_unused]] static volatile unsigned kept = sum;  // or nothing need be read
}

/// A file of version 1 with that header and 64 bytes of array.
std::string with_magic(std::string_view header) {
  std::string file("\x93NUMPY\1\0", 8);
  file += static_cast<char>(header.size() & 255);
  file += static_cast<char>(header.size() >> 8 & 255);
  return file.append(header).append(64, '\1');
}

}  // namespace

TANDEM_FUZZ_TARGET(npy) {
  static fuzz::Folder folder;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::answer([&] { read_array(folder.write("whole.npy", text)); });
  return fuzz::answer([&] { read_array(folder.write("header.npy", with_magic(text))); });
}

TANDEM_LARGE_SEEDS(npy) {
  return {"{'descr': '<f4', 'fortran_order': False, 'shape': (" + fuzz::repeated("1, ", 20'000) + "16), }",
          std::string(65'535, ' '), std::string(65'535, '{')};
}
