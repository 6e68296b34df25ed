#include <iostream>
#include <memory>

#include "apps/commands/command.h"
#include "tandem/features/import_features.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct ExportArguments {
  std::string features;
  std::string out;
  std::string format = "npy";
  bool overwrite = false;
  bool json = false;
};

void run_export(const ExportArguments& arguments) {
  const ExportFormat format = arguments.format == "npy" ? ExportFormat::kNpy : ExportFormat::kSafetensors;
  const std::vector<std::string> names = export_features(FeatureStore::open(arguments.features), arguments.out,
                                                         {.format = format, .overwrite = arguments.overwrite});
  if (arguments.json) {
    std::cout << json_line(Json{{"out", arguments.out}, {"files", names}}) << "\n";
    return;
  }
  for (const std::string& name : names) std::cout << (std::filesystem::path(arguments.out) / name).string() << "\n";
}

}  // namespace

void add_export_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("export", "Write a feature store's features for other programs");
  const auto arguments = std::make_shared<ExportArguments>();
  command->add_option("features", arguments->features, "Feature store made by 'tandem encode' or 'tandem import'")
      ->required();
  command->add_option("--out", arguments->out, "Folder to write to")->required();
  command->add_option("--format", arguments->format, "npy or safetensors")
      ->check(CLI::IsMember({"npy", "safetensors"}))
      ->capture_default_str();
  command->add_flag("--overwrite", arguments->overwrite, "Replace an export in the folder; other files there stay");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem export features --out arrays\n"
      "  tandem export features --out arrays --format safetensors\n"
      "\nnpy: image.npy, text.npy (float32) and image_of_caption.npy (int64); safetensors: features.safetensors with "
      "tensors of these\n"
      "names. Beside them ids.json, captions.jsonl and split.txt. 'tandem import FOLDER' reads all of it back, bit for "
      "bit.");
  command->callback([arguments] { run_export(*arguments); });
}

}  // namespace tandem::apps
