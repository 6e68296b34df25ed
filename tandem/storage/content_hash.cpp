#include "tandem/storage/content_hash.h"

#include <c10/util/Exception.h>

#include "tandem/base/errors.h"
#include "tandem/storage/file_digest.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

constexpr std::size_t kSha256Digits = 64;
constexpr std::size_t kSha1Digits = 40;

}  // namespace

bool is_content_hash(std::string_view etag) {
  return (etag.size() == kSha256Digits || etag.size() == kSha1Digits) &&
         etag.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string content_hash_like(std::string_view etag, const std::filesystem::path& file) {
  TORCH_CHECK_VALUE(is_content_hash(etag), "content_hash_like: etag must be 40 or 64 hexadecimal digits, got \"", etag,
                    "\"");
  if (etag.size() == kSha256Digits) return file_digest(DigestKind::kSha256, file);
  // Git hashes "blob", the length in decimal and a null byte before the content.
  return file_digest(DigestKind::kSha1, file, "blob " + std::to_string(MappedFile(file).bytes().size()) + '\0');
}

void check_content_hash(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::path blob = std::filesystem::canonical(file, error);
  const std::string name = blob.filename().string();
  if (error || blob.parent_path().filename() != "blobs" || !is_content_hash(name)) return;
  const std::string found = content_hash_like(name, blob);
  if (found == name) return;
  throw FileError(file,
                  "the bytes with hash " + name + ", as they were fetched (`tandem fetch --update` gets them anew)",
                  "others, with hash " + found);
}

}  // namespace tandem
