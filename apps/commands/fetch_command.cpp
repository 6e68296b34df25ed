#include <c10/util/Exception.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/arguments/idle_options.h"
#include "apps/commands/command.h"
#include "apps/commands/fetch_data.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/base/number_text.h"
#include "tandem/fetching/hub/fetch_model.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct FetchArguments {
  std::vector<std::string> names;
  FetchDataArguments data;
  bool update = false;
  bool list = false;
  bool json = false;
};

Json fetch_encoder(const HubName& name, const HubSettings& settings, bool update) {
  FetchedModel model;
  {
    ProgressBar bar("fetching " + name.text(), "kB");
    model = fetch_model(name, settings, {.update = update, .progress = bar.callback()});
  }
  std::cerr << name.text() << ": ";
  if (model.fetched_files == 0) {
    std::cerr << "all was there already\n";
  } else {
    std::cerr << model.fetched_files << (model.fetched_files == 1 ? " file, " : " files, ")
              << decimal(static_cast<double>(model.fetched_bytes) / 1e6, 1) << " MB fetched\n";
  }
  return {{"name", name.text()},
          {"folder", model.folder.string()},
          {"commit", model.commit},
          {"fetched_files", model.fetched_files},
          {"fetched_bytes", model.fetched_bytes}};
}

void run_fetch(const FetchArguments& arguments) {
  if (arguments.list) return print_datasets(arguments.json);
  TORCH_CHECK_VALUE(!arguments.names.empty(), "fetch: a name or --list was needed, got neither");
  const HubSettings settings = hub_settings_from_environment();
  say_if_stopped("what has come is kept; go on with: " + command_again());
  std::size_t datasets = 0;
  for (const std::string& name : arguments.names) {  // All of them are read before the first is fetched.
    if (is_hub_name(name)) {
      parse_hub_name(name);
    } else {
      checked_request(dataset_named(name), arguments.data.request);
      ++datasets;
    }
  }
  TORCH_CHECK_VALUE(arguments.data.out.empty() || datasets < 2, "fetch: --out was needed for one data set, got ",
                    datasets);
  Json models = Json::array();
  Json data = Json::array();
  for (const std::string& name : arguments.names) {
    Json& answers = is_hub_name(name) ? models : data;
    answers.push_back(is_hub_name(name) ? fetch_encoder(parse_hub_name(name), settings, arguments.update)
                                        : fetch_data(name, arguments.data));
    if (!arguments.json) std::cout << answers.back()["folder"].get<std::string>() << std::endl;
  }
  if (arguments.json) std::cout << json_line(Json{{"models", models}, {"datasets", data}}) << "\n";
}

}  // namespace

void add_fetch_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("fetch", "Fetch data sets from their original sites, and encoders from the Hugging Face hub");
  const auto arguments = std::make_shared<FetchArguments>();
  command->add_option(
      "names", arguments->names,
      "flickr8k, coco-captions, cifar10, cifar100; hf:ORG/NAME, or hf:ORG/NAME@REVISION for a branch, tag or commit");
  FetchDataArguments& data = arguments->data;
  command->add_flag("--list", arguments->list, "Show the data sets: sizes, sites, published hashes, terms of use");
  command->add_option("--out", data.out,
                      "Data sets: folder to make; without it the data set's name in the current folder");
  command->add_option("--variant", data.request.variant,
                      "coco-captions: val (default), train or both; cifar: binary (default) or python");
  command
      ->add_option("--limit", data.request.limit,
                   "coco-captions: at most this many pictures, fetched one by one; 0: all")
      ->check(CLI::Range(0, 1000000));
  command
      ->add_option("--seed", data.request.seed,
                   "Chooses the pictures of --limit; a larger limit includes those of a smaller one")
      ->capture_default_str();
  command->add_option("--connections", data.connections, "Number of pictures fetched at once")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
  command->add_option("--mirror", data.mirror,
                      "Address instead of the data set's site, with the same paths below it; also TANDEM_MIRROR");
  command->add_flag("--yes", data.yes, "Agree to the terms of use of data sets that ask for it");
  command->add_flag("--update", arguments->update, "Check whether a model that is there has a newer version");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem fetch --list\n"
      "  tandem fetch flickr8k --yes --out data/flickr8k\n"
      "  tandem fetch coco-captions --limit 5000 --seed 1 --out coco5k\n"
      "  tandem fetch coco-captions --mirror https://s3.amazonaws.com/images.cocodataset.org\n"
      "  tandem fetch hf:sentence-transformers/all-MiniLM-L6-v2\n"
      "  tandem encode --data flickr8k:flickr8k --text-encoder hf:sentence-transformers/all-MiniLM-L6-v2 --out "
      "features\n"
      "\nThe terms of a data set are shown, published hashes are checked, and the SHA-256 of the fetched files is "
      "printed. A data set\n"
      "is unpacked beside its place and gets its name when it is complete. Models go to the cache of Hugging "
      "Face's own tools;\n"
      "models that these tools fetched are found there. HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT, "
      "HF_HUB_OFFLINE and\n"
      "HF_HUB_DOWNLOAD_TIMEOUT mean the same as for these tools. Only safetensors weights are fetched. After an "
      "interruption, the\n"
      "same command continues where it stopped. A model that is complete is not fetched again.");
  command->callback([arguments, command] {
    const auto is_model = [](const std::string& name) { return is_hub_name(name); };
    const std::vector<std::string>& names = arguments->names;
    const bool data_sets = !std::all_of(names.begin(), names.end(), is_model);
    const bool models = std::any_of(names.begin(), names.end(), is_model);
    const std::string instead = arguments->list ? "--list" : "";
    refuse_idle_options(
        *command,
        {{{"names"}, "fetching", !arguments->list, instead},
         {{"--out", "--variant", "--limit", "--mirror", "--yes"}, "the name of a data set", data_sets, instead},
         {{"--seed", "--connections"}, "--limit N", arguments->data.request.limit > 0, instead},
         {{"--update"}, "the name of a model, hf:ORG/NAME", models, instead}});
    run_fetch(*arguments);
  });
}

}  // namespace tandem::apps
