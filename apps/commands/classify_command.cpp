#include <ATen/TensorOperators.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/data/caption_templates.h"
#include "tandem/evaluation/class_list.h"
#include "tandem/features/encode_images.h"
#include "tandem/features/encode_texts.h"
#include "tandem/figures/canvas.h"
#include "tandem/figures/confusion_matrix.h"
#include "tandem/model/embedded_split.h"
#include "tandem/readers/data_spec.h"
#include "tandem/retrieval/zero_shot.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct ClassifyArguments {
  std::string run;
  std::vector<std::string> pictures;
  std::string classes;
  std::string templates;
  std::string data;
  std::string features;
  std::string split = "test";
  std::string confusion;
  bool dark = false;
  std::int64_t k = 5;
  int threads = 0;
  bool json = false;
};

/// Pictures in the shared space with the class they have.
struct LabelledPictures {
  std::string name;              ///< of the data
  std::filesystem::path source;  ///< for messages
  at::Tensor image;              ///< [N, D]
  std::vector<std::string> ids;
  std::vector<std::string> labels;
};

bool in_split(Split split, const std::string& wanted) { return wanted == "all" || split_name(split) == wanted; }

EncodedImages encode_with_bar(const ClassifyArguments& arguments, const Run& run,
                              const std::vector<PictureSource>& pictures) {
  const std::vector<ImageSource> sources = open_image_sources(arguments.run, run);
  ProgressBar bar("encoding pictures", "pictures");
  return encode_images(sources, pictures, arguments.threads, bar.callback());
}

LabelledPictures from_data(const ClassifyArguments& arguments, const Run& run) {
  const CaptionSet data = read_data(arguments.data);
  std::vector<PictureSource> pictures;
  std::vector<const CaptionedImage*> taken;
  for (const CaptionedImage& image : data.images) {
    if (!in_split(image.split, arguments.split)) continue;
    pictures.push_back(image.picture);
    taken.push_back(&image);
  }
  if (pictures.empty()) throw FileError(arguments.data, "pictures in the split \"" + arguments.split + "\"", "none");
  const EncodedImages encoded = encode_with_bar(arguments, run, pictures);
  for (const UnreadableImage& left_out : encoded.unreadable)
    std::cerr << "  left out: " << printable_sentence(left_out.reason) << "\n";
  if (encoded.rows.empty()) throw FileError(arguments.data, "a picture that can be read", "none");
  LabelledPictures found{
      .name = data.name, .source = arguments.data, .image = embed_all(run.image_heads, encoded.features)};
  for (const std::int64_t row : encoded.rows) {
    found.ids.push_back(taken[row]->id);
    found.labels.push_back(taken[row]->label);
  }
  return found;
}

LabelledPictures from_features(const ClassifyArguments& arguments) {
  const EmbeddedSplit embedded = embed_split(arguments.run, arguments.features, arguments.split);
  const FeatureManifest& manifest = embedded.store.manifest();
  LabelledPictures found{.name = manifest.data_name, .source = embedded.store.folder(), .image = embedded.image};
  for (const std::int64_t row : embedded.pairs.image_in_store) {
    found.ids.push_back(manifest.image_ids[row]);
    found.labels.push_back(manifest.image_labels[row]);
  }
  return found;
}

at::Tensor embed_classes(const ClassifyArguments& arguments, const Run& run, const ClassList& classes,
                         const std::vector<std::string>& templates) {
  std::vector<std::string> prompts;
  for (const std::string& words : classes.words) {
    for (const std::string& one : templates) prompts.push_back(filled_template(one, words));
  }
  const std::vector<TextSource> sources = open_text_sources(arguments.run, run);
  ProgressBar bar("encoding prompts", "prompts");
  return class_vectors(embed_all(run.text_heads, encode_texts(sources, prompts, arguments.threads, bar.callback())),
                       static_cast<std::int64_t>(templates.size()));
}

/// The class that pictures of class `row` are most often wrongly taken for, with how often; empty
/// where none is.
std::string usual_mistake(const ZeroShotResult& result, const ClassList& classes, std::int64_t row) {
  const auto count = result.confusion.accessor<std::int64_t, 2>();
  std::int64_t worst = -1;
  for (std::int64_t c = 0; c < count.size(1); ++c) {
    if (c != row && count[row][c] > 0 && (worst < 0 || count[row][c] > count[row][worst])) worst = c;
  }
  return worst < 0 ? "" : classes.labels[worst] + " (" + std::to_string(count[row][worst]) + ")";
}

void print_result(const ClassifyArguments& arguments, const LabelledPictures& pictures, const ClassList& classes,
                  std::size_t templates, const ZeroShotResult& result) {
  const auto count = static_cast<std::int64_t>(classes.labels.size());
  std::size_t wide = 5;
  for (const std::string& label : classes.labels) wide = std::max(wide, printable(label).size());
  std::cout << printable(pictures.name) << ", split " << arguments.split << ": "
            << with_thousands(pictures.image.size(0)) << " pictures, " << with_thousands(count) << " classes, "
            << templates << " templates\n";
  std::cout << "top-1 " << decimal(result.top1, 1) << "   top-5 " << decimal(result.top5, 1)
            << "   mean of the classes " << decimal(result.mean_recall, 1);
  std::cout << "   (chance " << decimal(100.0 / static_cast<double>(count), 1) << ")\n";
  std::cout << left_aligned("class", wide) << "  pictures  recall  precision  most often taken for\n";
  for (std::int64_t c = 0; c < count; ++c) {
    const ClassScore& score = result.classes[c];
    std::cout << left_aligned(classes.labels[c], wide) << right_aligned(with_thousands(score.pictures), 10)
              << right_aligned(decimal(score.recall(), 1), 8) << right_aligned(decimal(score.precision(), 1), 11)
              << "  " << printable(usual_mistake(result, classes, c)) << "\n";
  }
  if (!arguments.confusion.empty()) std::cout << arguments.confusion << ": the confusion matrix\n";
}

Json result_to_json(const ClassifyArguments& arguments, const LabelledPictures& pictures, const ClassList& classes,
                    const std::vector<std::string>& templates, const ZeroShotResult& result) {
  Json list = Json::array();
  const auto count = result.confusion.accessor<std::int64_t, 2>();
  for (std::size_t c = 0; c < classes.labels.size(); ++c) {
    const auto row = count[static_cast<std::int64_t>(c)];
    list.push_back({{"class", classes.labels[c]},
                    {"pictures", result.classes[c].pictures},
                    {"recall", result.classes[c].recall()},
                    {"precision", result.classes[c].precision()},
                    {"taken_for", std::vector<std::int64_t>(row.data(), row.data() + row.size(0))}});
  }
  return {{"run", arguments.run},     {"data", pictures.name},
          {"split", arguments.split}, {"images", pictures.image.size(0)},
          {"templates", templates},   {"top1", result.top1},
          {"top5", result.top5},      {"mean_recall", result.mean_recall},
          {"classes", list}};
}

void classify_labelled(const ClassifyArguments& arguments, const Run& run, const std::vector<std::string>& templates) {
  const LabelledPictures pictures = arguments.data.empty() ? from_features(arguments) : from_data(arguments, run);
  const ClassList classes =
      arguments.classes.empty() ? classes_of(pictures.labels, pictures.source) : read_classes(arguments.classes);
  const at::Tensor label = class_rows(classes, pictures.labels, pictures.ids, pictures.source);
  const ZeroShotResult result = classify(pictures.image, embed_classes(arguments, run, classes, templates), label);
  if (!arguments.confusion.empty()) {
    draw_confusion_matrix(arguments.confusion, classes.labels, result.confusion,
                          pictures.name + ": classes by words alone",
                          "Split " + arguments.split + ", " + with_thousands(pictures.image.size(0)) + " pictures, " +
                              decimal(result.top1, 1) + "% of them right.",
                          arguments.dark ? kDarkTheme : kLightTheme);
  }
  if (arguments.json) {
    std::cout << json_text(result_to_json(arguments, pictures, classes, templates, result)) << "\n";
  } else {
    print_result(arguments, pictures, classes, templates.size(), result);
  }
}

void classify_files(const ClassifyArguments& arguments, const Run& run, const std::vector<std::string>& templates) {
  TORCH_CHECK_VALUE(!arguments.classes.empty(), "classify: pictures given by name need --classes FILE, got none");
  const ClassList classes = read_classes(arguments.classes);
  std::vector<PictureSource> sources;
  for (const std::string& picture : arguments.pictures) sources.push_back({.file = picture});
  const EncodedImages encoded = encode_with_bar(arguments, run, sources);
  if (!encoded.unreadable.empty())
    throw FileError(arguments.pictures[encoded.unreadable.front().index], "a picture",
                    encoded.unreadable.front().reason);
  const at::Tensor similarity =
      at::matmul(embed_all(run.image_heads, encoded.features), embed_classes(arguments, run, classes, templates).t());
  const at::Tensor probability = at::softmax(similarity * run.logit_scale, 1);
  const at::Tensor order = at::argsort(similarity, /*stable=*/true, /*dim=*/1, /*descending=*/true);
  const std::int64_t shown = std::min(arguments.k, similarity.size(1));
  Json list = Json::array();
  for (std::int64_t i = 0; i < similarity.size(0); ++i) {
    Json places = Json::array();
    if (!arguments.json) std::cout << printable(arguments.pictures[i], kLongestShownCaption) << "\n";
    for (std::int64_t place = 0; place < shown; ++place) {
      const std::int64_t c = order[i][place].item<std::int64_t>();
      const double share = probability[i][c].item<double>();
      const double near = similarity[i][c].item<double>();
      places.push_back({{"class", classes.labels[c]}, {"probability", share}, {"similarity", near}});
      if (!arguments.json)
        std::cout << right_aligned(decimal(100 * share, 1), 7) << " %  " << decimal(near, 3) << "  "
                  << printable(classes.labels[c]) << "\n";
    }
    list.push_back({{"file", arguments.pictures[i]}, {"classes", places}});
  }
  if (arguments.json) std::cout << json_text(Json{{"run", arguments.run}, {"pictures", list}}) << "\n";
}

void check_arguments(const ClassifyArguments& arguments) {
  const int ways = !arguments.pictures.empty() + !arguments.data.empty() + !arguments.features.empty();
  TORCH_CHECK_VALUE(ways <= 1, "classify: one of --data, --features and pictures was needed, got several");
  TORCH_CHECK_VALUE(arguments.split == "all" || split_named(arguments.split).has_value(), "--split must be ",
                    kSplitHelp, ", got \"", arguments.split, "\"");
  TORCH_CHECK_VALUE(arguments.pictures.empty() || arguments.confusion.empty(),
                    "classify: a confusion matrix needs pictures with classes, got pictures by name");
  if (!arguments.confusion.empty()) check_figure_path(arguments.confusion);
}

void run_classify(ClassifyArguments arguments) {
  check_arguments(arguments);
  if (arguments.split != "all") arguments.split = split_name(*split_named(arguments.split));  // "val" is dev.
  const std::vector<std::string> templates =
      arguments.templates.empty() ? default_templates() : read_templates(arguments.templates);
  const Run run = open_run(arguments.run);
  arguments.pictures.empty() ? classify_labelled(arguments, run, templates) : classify_files(arguments, run, templates);
}

}  // namespace

void add_classify_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("classify", "Name the class of pictures by words alone (zero-shot)");
  const auto arguments = std::make_shared<ClassifyArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("pictures", arguments->pictures,
                      "Pictures to classify; without them, those of --data or --features");
  command->add_option(
      "--classes", arguments->classes,
      "File with a class a line, after a tab its words for prompts where they differ [the classes of the data]");
  command->add_option("--templates", arguments->templates,
                      "File with a prompt a line, {} for the class [eight, such as \"a photo of {}\"]");
  command->add_option("--data", arguments->data, "Data with classes to encode and classify: " + known_data_specs());
  command->add_option("--features", arguments->features,
                      "Features with classes by the same encoders, if not those of training");
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
  command->add_option("--confusion", arguments->confusion,
                      "Picture of the confusion matrix to write: .png, .svg or .pdf");
  command->add_flag("--dark", arguments->dark, "The confusion matrix light on dark");
  command->add_option("-k", arguments->k, "Classes to show of each picture given by name")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "Threads that encode, 0: one a core")
      ->check(threads_range())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem classify run --data cifar10:cifar10 --confusion confusion.svg\n"
      "  tandem classify run --features cifar10-features --templates prompts.txt --json\n"
      "  tandem classify run holiday.jpg dog.png --classes animals.txt -k 3\n"
      "\nA class is the mean of its prompts' embeddings. Ties count against us.");
  command->callback([arguments, command] {
    const bool by_name = !arguments->pictures.empty();
    refuse_idle_options(*command, {{{"-k"}, "pictures by name", by_name},
                                   {{"--split"}, "--data or --features", !by_name, "pictures by name"},
                                   {{"--dark"}, "--confusion FILE", !arguments->confusion.empty()}});
    run_classify(*arguments);
  });
}

}  // namespace tandem::apps
