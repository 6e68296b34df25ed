#include "fuzz/fuzz.h"
#include "tandem/features/feature_manifest.h"

using namespace tandem;

/// The bytes as they are, and with the checksum that fits, which no random change would ever find.
TANDEM_FUZZ_TARGET(manifest) {
  static fuzz::Folder folder;
  const std::string_view text = fuzz::text_of(data, size);
  const auto file = folder.write(kManifestName, text);
  fuzz::answer([&] { read_manifest(folder.path()); });
  return fuzz::answer([&] {
    const Json document = read_json(file);
    if (!document.is_object()) return;
    write_checked_json(file, document);
    const FeatureManifest manifest = read_manifest(folder.path());
    side_tokens(manifest.image_encoders);
    if (manifest.image_ids.size() != manifest.pictures.size()) std::abort();
  });
}

TANDEM_LARGE_SEEDS(manifest) {
  return {fuzz::nested_lists(1'000'000),
          R"({"format":"tandem features","version":2,"image_encoders":)" + fuzz::nested_objects(500'000) + "}",
          "{" + fuzz::counted("\"k", "\":0,", 100'000) + "\"z\":0}"};
}
