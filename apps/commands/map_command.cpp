#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>

#include "apps/arguments/idle_options.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/evaluation/audit_verdicts.h"
#include "tandem/features/picture_subset.h"
#include "tandem/figures/joint_map.h"
#include "tandem/maps/joint_projection.h"
#include "tandem/model/embedded_split.h"
#include "tandem/reports/atlas.h"
#include "tandem/reports/joint_projection_report.h"
#include "tandem/reports/saved_map.h"
#include "tandem/storage/staged_files.h"

namespace tandem::apps {
namespace {

struct MapArguments {
  std::string run;
  std::string method = "tsne";
  std::vector<std::string> out;
  std::string split = "test";
  std::string features;
  std::string verdicts;  ///< CSV of an audit; empty: none
  std::int64_t limit = 10000;
  bool json = false;
  JointProjectionOptions projection;
  std::string frames;  ///< folder for pictures of t-SNE at work; empty: none
  std::string save;    ///< file to save the map in; empty: not saved
  std::string onto;    ///< saved map to place the split on; empty: a new map
};

/// Refuses an ending that no figure has before minutes are spent on the map.
void check_endings(const std::vector<std::string>& out) {
  for (const std::filesystem::path file : out) {
    const std::string ending = file.extension().string();
    if (ending != ".png" && ending != ".svg" && ending != ".pdf" && ending != ".html") {
      throw FileError(file, "a name that ends in .png, .svg, .pdf or .html", "\"" + ending + "\"");
    }
  }
}

/// Draws the map as it stands after every so many steps: frame-0000.png, frame-0050.png, ...
void draw_frames(const std::filesystem::path& folder, const std::vector<std::int64_t>& image_of_text,
                 std::int64_t images, TsneOptions& tsne) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) throw FileError(folder, "a folder for frames, or a place for one", failure.message());
  tsne.watch = [=](int iterations, const at::Tensor& points) {
    const std::string number = std::to_string(iterations);
    draw_joint_map(folder / ("frame-" + std::string(number.size() < 4 ? 4 - number.size() : 0, '0') + number + ".png"),
                   {.image_points = points.narrow(0, 0, images),
                    .text_points = points.narrow(0, images, points.size(0) - images),
                    .image_of_text = image_of_text,
                    .title = "t-SNE, step " + number,
                    .note = ""});
  };
}

/// A new map of both sides, or the saved one with these placed on it.
JointProjection lay_out(const EmbeddedSplit& embedded, const PairedFeatures& shown,
                        const std::vector<std::int64_t>& image_of_text, const MapArguments& arguments,
                        StagedFiles& files) {
  const at::Tensor image = embed_all(embedded.run.image_heads, shown.image);
  const at::Tensor text = embed_all(embedded.run.text_heads, shown.text);
  JointProjectionOptions options = arguments.projection;
  options.method = arguments.method == "pca" ? MapMethod::kPca : MapMethod::kTsne;
  std::optional<ProgressBar> bar;
  if (!arguments.onto.empty()) {
    const JointProjection saved = read_saved_map(arguments.onto);
    if (saved.rows.size(1) != image.size(1)) {
      throw FileError(arguments.onto, "a map of rows " + std::to_string(image.size(1)) + " wide, as the run's",
                      std::to_string(saved.rows.size(1)));
    }
    options.tsne.progress = bar.emplace("placing", "points").callback();
    return place_jointly(saved, image, text, shown.image_of_text, options);
  }
  if (options.method == MapMethod::kTsne) options.tsne.progress = bar.emplace("t-SNE", "iterations").callback();
  if (!arguments.frames.empty()) draw_frames(arguments.frames, image_of_text, image.size(0), options.tsne);
  const JointProjection made = project_jointly(image, text, shown.image_of_text, options);
  if (!arguments.save.empty()) write_saved_map(files.stage(arguments.save), made, options);
  return made;
}

void run_map(const MapArguments& arguments) {
  check_endings(arguments.out);
  const bool has_atlas = std::any_of(arguments.out.begin(), arguments.out.end(), [](const std::string& file) {
    return std::filesystem::path(file).extension() == ".html";
  });
  TORCH_CHECK_VALUE(arguments.verdicts.empty() || has_atlas,
                    "--verdicts colours the atlas and needs an --out that ends in .html, got ", arguments.out.front());
  if (!arguments.frames.empty() && arguments.method != "tsne") {
    throw FileError(arguments.frames, "--frames with --method tsne, which moves", "--method " + arguments.method);
  }
  const EmbeddedSplit embedded = embed_split(arguments.run, arguments.features, arguments.split);
  const PairedFeatures shown = first_pictures(embedded.pairs, arguments.limit);
  const std::vector<std::string> verdicts = arguments.verdicts.empty()
                                                ? std::vector<std::string>{}
                                                : read_verdicts(arguments.verdicts, embedded.store.manifest(), shown);
  std::vector<std::int64_t> image_of_text;
  for (std::int64_t j = 0; j < shown.text.size(0); ++j)
    image_of_text.push_back(shown.image_of_text[j].item<std::int64_t>());
  StagedFiles files;  // All of them appear at the end, or none.
  const JointProjection layout = lay_out(embedded, shown, image_of_text, arguments, files);

  const std::string title = embedded.store.manifest().data_name + ": pictures and captions in one space";
  JointMap map{.image_points = layout.image_points(),
               .text_points = layout.text_points(),
               .image_of_text = image_of_text,
               .title = layout.gap_closed ? title + ", gap closed" : title,
               .note = ""};
  map.note =
      "split " + arguments.split + ", " + with_thousands(layout.images) +
      (layout.images < embedded.pairs.image.size(0) ? " of " + with_thousands(embedded.pairs.image.size(0)) : "") +
      " pictures, " + with_thousands(shown.text.size(0)) + " captions; " + method_words(layout, arguments.projection) +
      "; " + quality_words(layout);
  for (const std::filesystem::path file : arguments.out) {
    if (file.extension() == ".html") {
      ProgressStages bars;
      write_atlas_page(files.stage(file), make_atlas(map,
                                                     {.manifest = embedded.store.manifest(),
                                                      .shown = shown,
                                                      .image = embed_all(embedded.run.image_heads, shown.image),
                                                      .text = embed_all(embedded.run.text_heads, shown.text),
                                                      .caption_verdicts = verdicts},
                                                     bars.stages()));
    } else {
      draw_joint_map(files.stage(file), map);
    }
  }
  files.commit();
  for (const std::string& file : arguments.out) {
    if (!arguments.json) std::cout << file << ": " << printable_sentence(map.note) << "\n";
  }
  if (arguments.json) {
    Json told = map_json(layout, arguments.projection);
    told["split"] = arguments.split;
    told["files"] = arguments.out;
    std::cout << told.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  }
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
                   "File to write: .png, .svg, .pdf, or .html, the atlas to walk in; may be given several times")
      ->required();
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
  command->add_option("--limit", arguments->limit, "At most so many pictures, the first of the split")
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
                    "Centre pictures and captions each on their own mean first; the title says so");
  CLI::Option* frames = command->add_option("--frames", arguments->frames,
                                            "t-SNE: folder for a picture of the map every --frames-every steps");
  command->add_option("--frames-every", arguments->projection.tsne.watch_every, "Steps between two frames")
      ->check(CLI::Range(1, 1000000))
      ->needs(frames)
      ->capture_default_str();
  CLI::Option* save = command->add_option("--save", arguments->save, "Save the map (.safetensors) for --onto");
  command
      ->add_option("--onto", arguments->onto,
                   "Place the split on a map that --save wrote, which stays as it is; its method and gap count")
      ->excludes(save)
      ->excludes(frames);
  command->add_flag("--json", arguments->json, "Print the map's quality as JSON");
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command
      ->add_option("--verdicts", arguments->verdicts,
                   "CSV of 'tandem audit': the atlas can then be coloured by verdict")
      ->check(CLI::ExistingFile);
  command->footer(
      "Examples:\n"
      "  tandem map run --out atlas.html\n"
      "  tandem map run --split all --verdicts audit.csv --out atlas.html\n"
      "  tandem map run --method pca --out map.png --out map.svg\n"
      "  tandem map run --split dev --perplexity 50 --out dev.pdf\n"
      "  tandem map run --close-gap --json --out closed.png\n"
      "  tandem map run --split train --save train.safetensors --out train.png\n"
      "  tandem map run --split test --onto train.safetensors --out test.png");
  command->callback([arguments, command] {
    const bool is_new = arguments->onto.empty();
    refuse_idle_options(*command, {{{"--method", "--close-gap"}, "a new map", is_new, "--onto " + arguments->onto},
                                   {{"--perplexity", "--iterations", "--seed"},
                                    "a new map by --method tsne",
                                    is_new && arguments->method == "tsne",
                                    is_new ? "--method " + arguments->method : "--onto " + arguments->onto}});
    run_map(*arguments);
  });
}

}  // namespace tandem::apps
