#include "fuzz/fuzz.h"
#include "tandem/fetching/datasets/unpack_archive.h"

using namespace tandem;

namespace {

constexpr std::size_t kTarBlock = 512, kTarSum = 148, kTarSumDigits = 8, kTarMagic = 257;

/// The headers of an archive in tar's blocks with sums that fit: no random change would ever find
/// one.
std::string with_tar_sums(std::string bytes) {
  for (std::size_t block = 0; block + kTarBlock <= bytes.size(); block += kTarBlock) {
    if (bytes.compare(block + kTarMagic, 5, "ustar") != 0) continue;
    bytes.replace(block + kTarSum, kTarSumDigits, kTarSumDigits, ' ');
    unsigned sum = 0;
    for (std::size_t i = 0; i < kTarBlock; ++i) sum += static_cast<unsigned char>(bytes[block + i]);
    for (std::size_t digit = 0; digit < 6; ++digit)
      bytes[block + kTarSum + digit] = static_cast<char>('0' + (sum >> (3 * (5 - digit)) & 7));
    bytes[block + kTarSum + 6] = '\0';
  }
  return bytes;
}

std::size_t entries_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

}  // namespace

/// Whatever comes out lies in the folder it was meant for.
TANDEM_FUZZ_TARGET(archive) {
  static fuzz::Folder folder;
  const std::string bytes(fuzz::text_of(data, size));
  for (const std::string& tried : {bytes, with_tar_sums(bytes)}) {
    const auto file = folder.write("archive", tried);
    const auto inner = folder.path() / "inner";
    fuzz::answer([&] { unpack_archive(file, inner / "out", {.most_bytes = 1 << 20, .most_members = 100'000}); });
    // The archive, a.jpg of every such folder, and inner, if it came to that.
    if (entries_in(folder.path()) > 3 || (std::filesystem::exists(inner) && entries_in(inner) != 1)) std::abort();
    std::filesystem::remove_all(inner);
  }
  return 0;
}

TANDEM_LARGE_SEEDS(archive) {
  std::string header(kTarBlock, '\0'), members;
  header.replace(100, 7, "0000644")
      .replace(124, 11, "00000000000")
      .replace(kTarMagic, 8,
               std::string("ustar\0"
                           "00",
                           8));
  for (int i = 0; i < 20'000; ++i) members += header.replace(0, 6, std::to_string(100'000 + i));
  std::string deep(kTarBlock, '\0');
  deep.replace(0, 100, fuzz::repeated("a/", 50)).replace(345, 155, fuzz::repeated("b/", 78).substr(0, 155));
  deep.replace(100, 7, "0000644")
      .replace(124, 11, "00000000000")
      .replace(kTarMagic, 8,
               std::string("ustar\0"
                           "00",
                           8));
  return {members, fuzz::repeated(deep, 1000)};
}
