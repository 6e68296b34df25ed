#include <ATen/ops/zeros.h>

#include "fuzz/fuzz.h"
#include "tandem/model/run_folder.h"
#include "tandem/storage/safetensors.h"

using namespace tandem;

namespace {

/// Linear heads from three columns to two, of a run and of an ensemble's second member. Returns the
/// file's checksum.
std::string write_heads(const std::filesystem::path& file) {
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (const std::string prefix : {"image.", "text.", "member1.image.", "member1.text."}) {
    tensors.emplace_back(prefix + "mean", at::zeros({3}));
    tensors.emplace_back(prefix + "deviation", at::zeros({3}));
    tensors.emplace_back(prefix + "out.weight", at::zeros({2, 3}));
    tensors.emplace_back(prefix + "out.bias", at::zeros({2}));
  }
  return write_safetensors(file, tensors);
}

}  // namespace

/// The bytes as they are, and with checksums that fit, which no random change would ever find.
TANDEM_FUZZ_TARGET(run) {
  static fuzz::Folder folder;
  static const std::string heads_checksum = write_heads(folder.path() / kHeadsName);
  const auto file = folder.write(kRunName, fuzz::text_of(data, size));
  fuzz::answer([&] { open_run(folder.path()); });
  return fuzz::answer([&] {
    Json document = read_json(file);
    if (!document.is_object()) return;
    document["heads_checksum"] = heads_checksum;
    write_checked_json(file, document);
    const Run run = open_run(folder.path());
    if (run.image_heads.count() != run.text_heads.count()) std::abort();
    resolved_encoders(run.image_encoders, folder.path());
  });
}

TANDEM_LARGE_SEEDS(run) {
  return {fuzz::nested_lists(1'000'000),
          R"({"format":"tandem run","version":2,"options":)" + fuzz::nested_objects(500'000) + "}",
          "{" + fuzz::counted("\"k", "\":0,", 100'000) + "\"z\":0}"};
}
