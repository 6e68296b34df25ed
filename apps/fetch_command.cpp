#include <iostream>
#include <memory>

#include "apps/command.h"
#include "apps/number_text.h"
#include "apps/progress_bar.h"
#include "tandem/hub/fetch_model.h"
#include "tandem/storage/json_file.h"

namespace tandem::apps {
namespace {

struct FetchArguments {
  std::vector<std::string> names;
  bool update = false;
  bool json = false;
};

void run_fetch(const FetchArguments& arguments) {
  const HubSettings settings = hub_settings_from_environment();
  std::vector<HubName> names;  // All of them are read before the first is fetched.
  for (const std::string& name : arguments.names) names.push_back(parse_hub_name(name));
  Json models = Json::array();
  for (const HubName& name : names) {
    FetchedModel model;
    {
      ProgressBar bar("fetching " + name.text(), "kB");
      model = fetch_model(name, settings, {.update = arguments.update, .progress = bar.callback()});
    }
    if (arguments.json) {
      models.push_back({{"name", name.text()},
                        {"folder", model.folder.string()},
                        {"commit", model.commit},
                        {"fetched_files", model.fetched_files},
                        {"fetched_bytes", model.fetched_bytes}});
      continue;
    }
    std::cerr << name.text() << ": ";
    if (model.fetched_files == 0) {
      std::cerr << "all was there already\n";
    } else {
      std::cerr << model.fetched_files << (model.fetched_files == 1 ? " file, " : " files, ")
                << decimal(static_cast<double>(model.fetched_bytes) / 1e6, 1) << " MB fetched\n";
    }
    std::cout << model.folder.string() << std::endl;
  }
  if (arguments.json) std::cout << Json{{"models", models}}.dump() << "\n";
}

}  // namespace

void add_fetch_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("fetch", "Get encoders from the Hugging Face hub");
  const auto arguments = std::make_shared<FetchArguments>();
  command->add_option("names", arguments->names, "hf:ORG/NAME, or hf:ORG/NAME@REVISION for a branch, tag or commit")->required();
  command->add_flag("--update", arguments->update, "Ask whether a model that is there has moved on");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem fetch hf:sentence-transformers/all-MiniLM-L6-v2\n"
      "  tandem encode --data flickr8k:flickr8k --text-encoder hf:sentence-transformers/all-MiniLM-L6-v2 --out features\n"
      "\nModels go to the cache that Hugging Face's own tools use, and are found there if one of them fetched them. HF_HOME,\n"
      "HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE and HF_HUB_DOWNLOAD_TIMEOUT mean what they mean there. Only\n"
      "safetensors weights are fetched. Interrupted, it goes on where it stopped; a model that is there costs nothing.");
  command->callback([arguments] { run_fetch(*arguments); });
}

}  // namespace tandem::apps
