#include "tandem/storage/file_digest.h"

#include <c10/util/Exception.h>
#include <openssl/evp.h>

#include <memory>

#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

const EVP_MD* method_of(DigestKind kind) {
  switch (kind) {
    case DigestKind::kMd5:
      return EVP_md5();
    case DigestKind::kSha1:
      return EVP_sha1();
    case DigestKind::kSha256:
      break;
  }
  return EVP_sha256();
}

}  // namespace

std::string file_digest(DigestKind kind, const std::filesystem::path& file, std::string_view prefix) {
  const MappedFile map(file);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  unsigned char digest[EVP_MAX_MD_SIZE] = {};
  unsigned int digest_bytes = 0;
  const bool hashed = context != nullptr && EVP_DigestInit_ex(context.get(), method_of(kind), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), prefix.data(), prefix.size()) == 1 &&
                      EVP_DigestUpdate(context.get(), map.bytes().data(), map.bytes().size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), digest, &digest_bytes) == 1;
  TORCH_CHECK(hashed, "file_digest: libcrypto does not hash");
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < digest_bytes; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

}  // namespace tandem
