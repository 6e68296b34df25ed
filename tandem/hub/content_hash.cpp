#include "tandem/hub/content_hash.h"

#include <c10/util/Exception.h>

#include "tandem/download/file_digest.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

constexpr std::size_t kSha256Digits = 64;
constexpr std::size_t kSha1Digits = 40;

}  // namespace

bool is_content_hash(std::string_view etag) {
  return (etag.size() == kSha256Digits || etag.size() == kSha1Digits) && etag.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string content_hash_like(std::string_view etag, const std::filesystem::path& file) {
  TORCH_CHECK_VALUE(is_content_hash(etag), "content_hash_like: etag must be 40 or 64 hexadecimal digits, got \"", etag, "\"");
  if (etag.size() == kSha256Digits) return file_digest(DigestKind::kSha256, file);
  // Git hashes "blob", the length in decimal and a null byte before the content.
  return file_digest(DigestKind::kSha1, file, "blob " + std::to_string(MappedFile(file).bytes().size()) + '\0');
}

}  // namespace tandem
