// Where tests find the real pictures, captions and models; all of it may be absent.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <iostream>
#include <string>

namespace tandem::tests {

std::filesystem::path source_dir();
std::filesystem::path reference_dir();

/// Where the build is: the program under test lies there.
std::filesystem::path build_dir();
std::string program_path();

/// The folder with the real data sets: $TANDEM_SHARED, or `shared` beside the checkout.
std::filesystem::path shared_dir();

/// Encoders that set-up installs.
std::filesystem::path models_dir();

/// A fresh, empty folder under the build tree, removed with everything in it at the end of the
/// scope.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path operator/(const std::filesystem::path& name) const { return folder_ / name; }
  const std::filesystem::path& path() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace tandem::tests

/// Leaves the test case, loudly, when real data is not on this machine; ctest then shows the case
/// as skipped.
#define TANDEM_SKIP_WITHOUT(PATH)                                                  \
  do {                                                                             \
    const std::filesystem::path& needed = (PATH);                                  \
    if (!std::filesystem::exists(needed)) {                                        \
      std::cout << "SKIPPED: " << needed.string() << " is not there" << std::endl; \
      return;                                                                      \
    }                                                                              \
  } while (false)
