// Copies of the small encoders of tests/reference, by model_type, for targets that change their
// config.json.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "fuzz/fuzz.h"
#include "tandem/storage/json_file.h"

namespace tandem::fuzz {

/// tests/reference of this checkout.
std::filesystem::path reference_folder();

class EncoderFolders {
 public:
  explicit EncoderFolders(std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const auto from = reference_folder() / "encoders" / (std::string("tiny_") + name);
      const auto to = scratch_.path() / name;
      std::filesystem::copy(from, to);
      std::filesystem::permissions(to, std::filesystem::perms::owner_all);
      of_type_[json_field<std::string>(read_json(from / "config.json"), "model_type", from)] = to;
      std::filesystem::remove(to / "config.json");
    }
  }

  /// The folder of the model_type that `config` names, with it as config.json; the first one's
  /// where it names none.
  std::filesystem::path with_config(std::string_view config) {
    const Json document = Json::parse(config, nullptr, /*allow_exceptions=*/false);
    const auto type = document.is_object() ? document.find("model_type") : document.end();
    const auto found = document.is_object() && type != document.end() && type->is_string()
                           ? of_type_.find(type->get<std::string>())
                           : of_type_.begin();
    const auto folder = found == of_type_.end() ? of_type_.begin()->second : found->second;
    std::ofstream(folder / "config.json", std::ios::binary)
        .write(config.data(), static_cast<std::streamsize>(config.size()));
    return folder;
  }

 private:
  Folder scratch_;
  std::map<std::string, std::filesystem::path> of_type_;
};

}  // namespace tandem::fuzz
