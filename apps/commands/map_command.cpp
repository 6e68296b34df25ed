#include <c10/util/Exception.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/arguments/idle_options.h"
#include "apps/arguments/pictures_argument.h"
#include "apps/arguments/split_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/base/errors.h"
#include "tandem/base/printable.h"
#include "tandem/model/embedded_split.h"
#include "tandem/readers/data_spec.h"
#include "tandem/reports/joint_projection_report.h"
#include "tandem/reports/map_of_split.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct MapArguments {
  std::string run;
  std::string method = "tsne";
  std::vector<std::string> out;
  std::string split = "test";
  std::string features;
  std::string data;
  std::string verdicts;  ///< CSV of an audit; empty: none
  std::int64_t limit = 10000;
  bool json = false;
  JointProjectionOptions projection;
  std::string frames;  ///< folder for pictures of t-SNE at work; empty: none
  std::string save;    ///< file to save the map in; empty: not saved
  std::string onto;    ///< saved map to place the split on; empty: a new map
  std::string pictures;
};

SplitMap draw(const MapArguments& arguments, const std::vector<std::filesystem::path>& out) {
  SplitMapOptions options{.split = arguments.split,
                          .features = arguments.features,
                          .limit = arguments.limit,
                          .projection = arguments.projection,
                          .verdicts = arguments.verdicts,
                          .frames = arguments.frames,
                          .save = arguments.save,
                          .onto = arguments.onto,
                          .pictures = arguments.pictures};
  if (!arguments.data.empty()) {
    options.data = tandem::read_data(arguments.data);
    options.data_name = arguments.data;
  }
  options.projection.method = arguments.method == "pca" ? MapMethod::kPca : MapMethod::kTsne;
  ProgressStages bars;
  return draw_map_of_split(arguments.run, out, options, bars.stages());
}

void run_map(const MapArguments& arguments) {
  const std::vector<std::filesystem::path> out(arguments.out.begin(), arguments.out.end());
  check_map_endings(out);
  const bool has_atlas = std::any_of(out.begin(), out.end(),
                                     [](const std::filesystem::path& file) { return file.extension() == ".html"; });
  TORCH_CHECK_VALUE(arguments.verdicts.empty() || has_atlas,
                    "--verdicts colours the atlas and needs an --out that ends in .html, got ", arguments.out.front());
  if (!arguments.frames.empty() && arguments.method != "tsne") {
    throw FileError(arguments.frames, "--frames with --method tsne, which moves", "--method " + arguments.method);
  }
  const SplitMap map = draw(arguments, out);
  if (has_atlas) tell_missing_pictures(map.pictures);
  if (arguments.json) {
    Json told = map_json(map.layout, arguments.projection);
    if (arguments.data.empty()) told["split"] = arguments.split;
    if (!arguments.data.empty()) told["data"] = arguments.data;
    told["files"] = arguments.out;
    std::cout << json_text(told) << "\n";
    return;
  }
  for (const std::string& file : arguments.out) std::cout << file << ": " << printable_sentence(map.note) << "\n";
}

}  // namespace

void add_map_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("map", "Draw pictures and captions on one map");
  const auto arguments = std::make_shared<MapArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--method", arguments->method, "pca or tsne")
      ->check(CLI::IsMember({"pca", "tsne"}))
      ->capture_default_str();
  command
      ->add_option("--out", arguments->out,
                   "File to write: .png, .svg, .pdf, or .html for the interactive atlas; may be given several times")
      ->required();
  add_split_option(*command, arguments->split);
  command->add_option("--limit", arguments->limit, "At most this many pictures, the first of the split")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  command->add_option("--perplexity", arguments->projection.tsne.perplexity, "t-SNE: effective number of neighbours")
      ->check(CLI::Range(1.0, 1000.0))
      ->capture_default_str();
  command->add_option("--iterations", arguments->projection.tsne.iterations, "t-SNE: steps")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_option("--seed", arguments->projection.tsne.seed, "t-SNE: same seed, same map")->capture_default_str();
  command->add_flag("--close-gap", arguments->projection.close_gap,
                    "First centre pictures and captions each on their own mean; the title mentions it");
  CLI::Option* frames = command->add_option("--frames", arguments->frames,
                                            "t-SNE: folder for a picture of the map every --frames-every steps");
  command->add_option("--frames-every", arguments->projection.tsne.watch_every, "Steps between two frames")
      ->check(CLI::Range(1, 1000000))
      ->needs(frames)
      ->capture_default_str();
  CLI::Option* save = command->add_option("--save", arguments->save, "Save the map (.safetensors) for --onto");
  command
      ->add_option("--onto", arguments->onto,
                   "Place the split on a map that --save wrote and does not change; its method and gap setting are "
                   "used")
      ->excludes(save)
      ->excludes(frames);
  command->add_flag("--json", arguments->json, "Print the map's quality as JSON");
  CLI::Option* features =
      command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command
      ->add_option("--data", arguments->data,
                   "Show the pictures of this data alone, embedded once; pictures:DIR needs no captions")
      ->excludes(features);
  command
      ->add_option("--verdicts", arguments->verdicts,
                   "CSV of 'tandem audit': the atlas can then be coloured by verdict")
      ->check(CLI::ExistingFile);
  add_pictures_option(*command, arguments->pictures);
  command->footer(
      "Examples:\n"
      "  tandem map run --out atlas.html\n"
      "  tandem map run --split all --verdicts audit.csv --out atlas.html\n"
      "  tandem map run --method pca --out map.png --out map.svg\n"
      "  tandem map run --split dev --perplexity 50 --out dev.pdf\n"
      "  tandem map run --data pictures:photos --out photos.html\n"
      "  tandem map run --close-gap --json --out closed.png\n"
      "  tandem map run --split train --save train.safetensors --out train.png\n"
      "  tandem map run --split test --onto train.safetensors --out test.png");
  command->callback([arguments, command] {
    const bool is_new = arguments->onto.empty();
    refuse_idle_options(
        *command,
        {{{"--split", "--verdicts", "--pictures"}, "a split", arguments->data.empty(), "--data " + arguments->data},
         {{"--method", "--close-gap"}, "a new map", is_new, "--onto " + arguments->onto},
         {{"--perplexity", "--iterations", "--seed"},
          "a new map by --method tsne",
          is_new && arguments->method == "tsne",
          is_new ? "--method " + arguments->method : "--onto " + arguments->onto}});
    run_map(*arguments);
  });
}

}  // namespace tandem::apps
