// Where tests find the real pictures, captions and models; all of it may be absent.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

namespace tandem::tests {

inline std::filesystem::path source_dir() { return TANDEM_SOURCE_DIR; }
inline std::filesystem::path reference_dir() { return source_dir() / "tests" / "reference"; }

/// The folder with the real data sets: $TANDEM_SHARED, or `shared` beside the checkout.
inline std::filesystem::path shared_dir() {
  const char* chosen = std::getenv("TANDEM_SHARED");
  return chosen != nullptr ? std::filesystem::path(chosen) : source_dir().parent_path() / "shared";
}

/// Encoders that set-up installs.
inline std::filesystem::path models_dir() { return source_dir() / "models"; }

/// A fresh, empty folder under the build tree, removed with everything in it at the end of the scope.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::path(TANDEM_BINARY_DIR) / "scratch-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
    folder_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path operator/(const std::filesystem::path& name) const { return folder_ / name; }
  const std::filesystem::path& path() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace tandem::tests

/// Leaves the test case, loudly, when real data is not on this machine; ctest then shows the case as skipped.
#define TANDEM_SKIP_WITHOUT(PATH)                                                   \
  do {                                                                              \
    const std::filesystem::path needed = (PATH);                                    \
    if (!std::filesystem::exists(needed)) {                                         \
      std::cout << "SKIPPED: " << needed.string() << " is not there" << std::endl;  \
      return;                                                                       \
    }                                                                               \
  } while (false)
