#include "apps/arguments/default_encoders.h"

#include "tandem/base/errors.h"
#include "tandem/fetching/hub/fetch_model.h"

namespace tandem::apps {

std::vector<std::filesystem::path> models_folders() {
  std::vector<std::filesystem::path> folders = {"models"};
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path().parent_path() / "models");
  return folders;
}

std::filesystem::path default_encoder(const std::string& name) {
  const std::vector<std::filesystem::path> folders = models_folders();
  for (const std::filesystem::path& folder : folders) {
    if (std::filesystem::exists(folder / name / "config.json")) return folder / name;
  }
  throw FileError(folders.front() / name,
                  "the default encoder (scripts/set_up.sh installs it; --image-encoder and --text-encoder name others)",
                  "none");
}

std::filesystem::path named_encoder(const std::string& name) {
  return is_hub_name(name) ? cached_model(parse_hub_name(name), hub_settings_from_environment())
                           : std::filesystem::path(name);
}

}  // namespace tandem::apps
