#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "apps/arguments/default_encoders.h"
#include "apps/commands/command.h"
#include "apps/terminal/colour.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/encoders/encoder_folder_info.h"
#include "tandem/encoders/model_folder.h"
#include "tandem/fetching/hub/hub_cache.h"
#include "tandem/fetching/hub/hub_files.h"
#include "tandem/fetching/hub/hub_settings.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct EncodersArguments {
  bool fingerprint = false;
  bool json = false;
};

struct Installed {
  std::string name;  ///< as --text-encoder and --image-encoder take it
  std::filesystem::path folder;
  EncoderFolderInfo info;
  std::string fingerprint;
};

std::vector<Installed> installed_encoders() {
  std::vector<Installed> found;
  std::set<std::filesystem::path> seen;  // Run from its own checkout, the program meets the same folder twice.
  for (const std::filesystem::path& models : models_folders()) {
    std::error_code error;
    std::vector<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(models, error)) {
      if (entry.is_directory(error)) folders.push_back(entry.path());
    }
    std::sort(folders.begin(), folders.end());
    for (const std::filesystem::path& folder : folders) {
      if (!seen.insert(std::filesystem::weakly_canonical(folder)).second) continue;
      found.push_back({.name = folder.string(), .folder = folder, .info = describe_folder(folder)});
    }
  }
  for (const HubSnapshot& snapshot : HubCache(hub_settings_from_environment().cache).snapshots()) {
    Installed encoder{
        .name = snapshot.name.text(), .folder = snapshot.folder, .info = describe_folder(snapshot.folder)};
    if (encoder.info.unusable.empty()) {
      const std::optional<std::string> lacking = lacks(snapshot.folder);
      if (lacking) {
        encoder.info.unusable = encoder.name + ": expected a whole model (`tandem fetch " + encoder.name +
                                "` gets it), found one without " + *lacking;
      }
    }
    found.push_back(std::move(encoder));
  }
  return found;
}

/// Opens it as encode does, which finds what only the weights tell.
void add_fingerprint(Installed& encoder) {
  if (!encoder.info.unusable.empty()) return;
  try {
    encoder.fingerprint =
        encoder.info.text ? open_text_tower(encoder.folder).fingerprint : open_image_tower(encoder.folder).fingerprint;
  } catch (const FileError& error) {
    encoder.info.unusable = error.what();
  }
}

std::string side_of(const EncoderFolderInfo& info) {
  if (info.text && info.image) return "both";
  if (info.text) return "text";
  return info.image ? "image" : "";
}

Json number_or_null(const std::optional<std::int64_t>& number) { return number ? Json(*number) : Json(); }

void print_json(const std::vector<Installed>& encoders) {
  Json list = Json::array();
  for (const Installed& encoder : encoders) {
    list.push_back({{"name", encoder.name},
                    {"folder", encoder.folder.string()},
                    {"family", encoder.info.model_type},
                    {"text", encoder.info.text},
                    {"image", encoder.info.image},
                    {"width", number_or_null(encoder.info.width)},
                    {"layers", number_or_null(encoder.info.layers)},
                    {"size_bytes", encoder.info.size_bytes},
                    {"fingerprint", encoder.fingerprint.empty() ? Json() : Json(encoder.fingerprint)},
                    {"usable", encoder.info.unusable.empty()},
                    {"reason", encoder.info.unusable.empty() ? Json() : Json(encoder.info.unusable)}});
  }
  // A folder of the cache may be named in bytes that are no UTF-8.
  std::cout << json_line(Json{{"encoders", list}}) << "\n";
}

void print_table(const std::vector<Installed>& encoders) {
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : std::string("-");
  };
  std::size_t name_width = 4, family_width = 6;
  for (const Installed& encoder : encoders) {
    if (!encoder.info.unusable.empty()) continue;
    name_width = std::max(name_width, printable(encoder.name).size());
    family_width = std::max(family_width, printable(encoder.info.model_type).size());
  }
  bool headed = false;
  for (const Installed& encoder : encoders) {
    if (!encoder.info.unusable.empty()) continue;
    if (!std::exchange(headed, true)) {
      const std::string head = left_aligned("name", name_width) + "  " + left_aligned("family", family_width);
      std::cout << bold(head + "  side   width  layers        MB", STDOUT_FILENO) << "\n";
    }
    const double megabytes = static_cast<double>(encoder.info.size_bytes) / 1e6;
    std::cout << left_aligned(encoder.name, name_width) << "  " << left_aligned(encoder.info.model_type, family_width);
    std::cout << "  " << left_aligned(side_of(encoder.info), 5) << "  " << right_aligned(number(encoder.info.width), 5);
    std::cout << "  " << right_aligned(number(encoder.info.layers), 6) << "  "
              << right_aligned(decimal(megabytes, 1), 8);
    std::cout << (encoder.fingerprint.empty() ? "" : "  " + encoder.fingerprint) << "\n";
  }
  for (const Installed& encoder : encoders) {
    if (!encoder.info.unusable.empty())
      std::cout << "cannot use " << printable(encoder.name) << "\n  " << printable_sentence(encoder.info.unusable)
                << "\n";
  }
  if (encoders.empty())
    std::cout << "no encoders; scripts/set_up.sh installs two, `tandem fetch hf:ORG/NAME` gets others\n";
}

void run_encoders(const EncodersArguments& arguments) {
  std::vector<Installed> encoders = installed_encoders();
  if (arguments.fingerprint) std::for_each(encoders.begin(), encoders.end(), add_fingerprint);
  arguments.json ? print_json(encoders) : print_table(encoders);
}

}  // namespace

void add_encoders_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("encoders", "List the encoders on this machine");
  const auto arguments = std::make_shared<EncodersArguments>();
  command->add_flag("--fingerprint", arguments->fingerprint,
                    "Open each encoder and add its fingerprint; this reads all weights");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem encoders\n"
      "  tandem encoders --fingerprint --json\n"
      "\nLooks in models/ here and beside the program, and in the Hugging Face cache; tells why it cannot use the "
      "others.");
  command->callback([arguments] { run_encoders(*arguments); });
}

}  // namespace tandem::apps
