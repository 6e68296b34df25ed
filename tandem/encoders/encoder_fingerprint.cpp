#include "tandem/encoders/encoder_fingerprint.h"

#include <algorithm>

#include "tandem/storage/checksum.h"
#include "tandem/storage/content_hash.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {

std::string encoder_fingerprint(const std::filesystem::path& folder, std::vector<std::string> files,
                                Precision precision, const std::vector<std::string>& rules) {
  std::sort(files.begin(), files.end());
  Checksum checksum;
  for (const std::string& name : files) {
    check_content_hash(folder / name);
    checksum.add_field(name).add_field(MappedFile(folder / name).bytes());
  }
  if (precision != Precision::kFloat32) checksum.add_field(precision_name(precision));
  for (const std::string& rule : rules) checksum.add_field("rule").add_field(rule);
  return checksum.text();
}

}  // namespace tandem
