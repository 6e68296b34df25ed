#include "fuzz/fuzz.h"
#include "tandem/images/picture_source.h"
#include "tandem/readers/cifar.h"

using namespace tandem;

namespace {

constexpr const char* kTenNames = "plane\ncar\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n";

void read_all_pictures(const std::filesystem::path& folder, CifarKind kind) {
  for (const CaptionedImage& image : read_cifar(folder, kind).images) read_picture(image.picture);
}

}  // namespace

/// The bytes as a batch and as the names of its classes, of every layout.
TANDEM_FUZZ_TARGET(cifar) {
  static fuzz::Folder binary_batch, binary_names, python_batch, python_names;
  static const auto names = binary_batch.write("batches.meta.txt", kTenNames);
  static const auto batch = binary_names.write("data_batch_1.bin", std::string(3073, '\1'));
  const std::string_view text = fuzz::text_of(data, size);
  binary_batch.write("data_batch_1.bin", text);
  binary_names.write("batches.meta.txt", text);
  for (const fuzz::Folder* folder : {&binary_batch, &binary_names})
    fuzz::answer([&] { read_all_pictures(folder->path(), CifarKind::kTen); });
  for (const char* name : {"data_batch_1", "test_batch", "batches.meta"}) python_batch.write(name, text);
  fuzz::answer([&] { read_all_pictures(python_batch.path(), CifarKind::kTen); });
  for (const char* name : {"train", "meta"}) python_names.write(name, text);
  return fuzz::answer([&] { read_all_pictures(python_names.path(), CifarKind::kHundred); });
}

TANDEM_LARGE_SEEDS(cifar) {
  return {fuzz::repeated(std::string(3073, '\3'), 2000), fuzz::counted("class ", "\n", 500'000)};
}
