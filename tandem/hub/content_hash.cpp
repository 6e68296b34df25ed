#include "tandem/hub/content_hash.h"

#include <c10/util/Exception.h>
#include <openssl/evp.h>

#include <memory>

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
  const bool git = etag.size() == kSha1Digits;
  const MappedFile map(file);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  unsigned char digest[EVP_MAX_MD_SIZE] = {};
  unsigned int digest_bytes = 0;
  // Git hashes "blob", the length in decimal and a null byte before the content.
  const std::string header = git ? "blob " + std::to_string(map.bytes().size()) + '\0' : std::string();
  const bool hashed = context != nullptr && EVP_DigestInit_ex(context.get(), git ? EVP_sha1() : EVP_sha256(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), header.data(), header.size()) == 1 &&
                      EVP_DigestUpdate(context.get(), map.bytes().data(), map.bytes().size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), digest, &digest_bytes) == 1;
  TORCH_CHECK(hashed, "content_hash_like: libcrypto does not hash");
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < digest_bytes; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

}  // namespace tandem
