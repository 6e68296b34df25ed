#include "test_data.h"

#include <cstdlib>
#include <stdexcept>

namespace tandem::tests {

std::filesystem::path source_dir() { return TANDEM_SOURCE_DIR; }
std::filesystem::path reference_dir() { return source_dir() / "tests" / "reference"; }
std::filesystem::path build_dir() { return TANDEM_BINARY_DIR; }
std::string program_path() { return (build_dir() / "tandem").string(); }

std::filesystem::path shared_dir() {
  const char* chosen = std::getenv("TANDEM_SHARED");
  return chosen != nullptr ? std::filesystem::path(chosen) : source_dir().parent_path() / "shared";
}

std::filesystem::path models_dir() { return source_dir() / "models"; }

ScratchFolder::ScratchFolder() {
  std::string pattern = (build_dir() / "scratch-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  folder_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace tandem::tests
