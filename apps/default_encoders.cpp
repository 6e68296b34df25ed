#include "apps/default_encoders.h"

#include "tandem/base/errors.h"

namespace tandem::apps {

std::filesystem::path default_encoder(const std::string& name) {
  const std::filesystem::path here = std::filesystem::path("models") / name;
  if (std::filesystem::exists(here / "config.json")) return here;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path beside = program.parent_path().parent_path() / here;
  if (!error && std::filesystem::exists(beside / "config.json")) return beside;
  throw FileError(here, "the default encoder (scripts/set_up.sh installs it; --image-encoder and --text-encoder name others)", "none");
}

}  // namespace tandem::apps
