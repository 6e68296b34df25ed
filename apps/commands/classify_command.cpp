#include <c10/util/Exception.h>

#include <iostream>
#include <memory>

#include "apps/arguments/idle_options.h"
#include "apps/arguments/split_argument.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/data/caption_templates.h"
#include "tandem/evaluation/classification.h"
#include "tandem/figures/canvas.h"
#include "tandem/readers/data_spec.h"
#include "tandem/reports/classification_report.h"
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

/// Prints the JSON, which is UTF-8 even if names in it are not.
void print_document(const Json& document) { std::cout << json_text(document) << "\n"; }

Classification classified(const ClassifyArguments& arguments, const Model& model,
                          const ClassificationOptions& options) {
  ProgressStages bars;
  LabelledPictures pictures =
      arguments.data.empty() ? labelled_in_features(model, arguments.features, arguments.split)
                             : labelled_in_data(model, arguments.data, arguments.split, bars.stages(), bars.notice());
  return classify_labelled(model, std::move(pictures), options, bars.stages());
}

void run_on_labelled(const ClassifyArguments& arguments, const Model& model, const ClassificationOptions& options) {
  const Classification classification = classified(arguments, model, options);
  if (!arguments.confusion.empty())
    draw_confusion(classification, arguments.confusion, arguments.dark ? kDarkTheme : kLightTheme);
  if (arguments.json) {
    print_document(classification_json(classification, arguments.run));
    return;
  }
  print_classification(classification, std::cout);
  if (!arguments.confusion.empty()) std::cout << arguments.confusion << ": the confusion matrix\n";
}

ClassifiedFiles classified_files(const ClassifyArguments& arguments, const Model& model,
                                 const ClassificationOptions& options) {
  ProgressStages bars;
  return classify_files(model, arguments.pictures, options, arguments.k, bars.stages());
}

void run_on_files(const ClassifyArguments& arguments, const Model& model, const ClassificationOptions& options) {
  const ClassifiedFiles found = classified_files(arguments, model, options);
  if (arguments.json)
    print_document(guesses_json(found, arguments.run));
  else
    print_guesses(found, std::cout);
}

void check_arguments(const ClassifyArguments& arguments) {
  const int ways = !arguments.pictures.empty() + !arguments.data.empty() + !arguments.features.empty();
  TORCH_CHECK_VALUE(ways <= 1, "classify: one of --data, --features and pictures was needed, got several");
  const bool have_classes = arguments.pictures.empty() && !arguments.data.starts_with("pictures:");
  TORCH_CHECK_VALUE(have_classes || arguments.confusion.empty(),
                    "classify: a confusion matrix needs pictures with classes, got pictures by name");
  if (!arguments.confusion.empty()) check_figure_path(arguments.confusion);
}

/// The pictures of data without captions have no classes either: they are guessed, not measured.
std::vector<std::string> gallery_files(const std::string& spec) {
  std::vector<std::string> files;
  if (!spec.starts_with("pictures:")) return files;
  for (const CaptionedImage& image : tandem::read_data(spec).images) files.push_back(image.picture.file.string());
  return files;
}

void run_classify(ClassifyArguments arguments) {
  check_arguments(arguments);
  if (arguments.pictures.empty()) arguments.pictures = gallery_files(arguments.data);
  const ClassificationOptions options{
      .classes = arguments.classes,
      .templates = arguments.templates.empty() ? default_templates() : read_templates(arguments.templates)};
  const Model model = Model::open(arguments.run, {.threads = arguments.threads});
  arguments.pictures.empty() ? run_on_labelled(arguments, model, options) : run_on_files(arguments, model, options);
}

}  // namespace

void add_classify_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("classify", "Name the class of pictures by words alone (zero-shot)");
  const auto arguments = std::make_shared<ClassifyArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("pictures", arguments->pictures,
                      "Pictures to classify; without them, those of --data or --features");
  command->add_option("--classes", arguments->classes,
                      "File with one class per line; if its words in prompts differ, they follow after a tab [the "
                      "classes of the data]");
  command->add_option("--templates", arguments->templates,
                      "File with one prompt per line, {} for the class [eight, such as \"a photo of {}\"]");
  command->add_option("--data", arguments->data, "Data with classes to encode and classify: " + known_data_specs());
  command->add_option("--features", arguments->features,
                      "Features with classes by the same encoders, if not those of training");
  add_split_option(*command, arguments->split);
  command->add_option("--confusion", arguments->confusion, "File to draw the confusion matrix in: .png, .svg or .pdf");
  command->add_flag("--dark", arguments->dark, "Draw the confusion matrix light on dark");
  command
      ->add_option("-k", arguments->k, "Number of classes to show for each picture given by name, or of pictures:DIR")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "Threads that encode; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem classify run --data cifar10:cifar10 --confusion confusion.svg\n"
      "  tandem classify run --features cifar10-features --templates prompts.txt --json\n"
      "  tandem classify run holiday.jpg                              # the classes of the data it was trained on\n"
      "  tandem classify run holiday.jpg dog.png --classes animals.txt -k 3\n"
      "  tandem classify run --data pictures:photos --classes animals.txt\n"
      "\nA class is the mean of its prompts' embeddings. A tie counts as a miss.");
  command->callback([arguments, command] {
    const bool by_name = !arguments->pictures.empty() || arguments->data.starts_with("pictures:");
    refuse_idle_options(*command, {{{"-k"}, "pictures by name", by_name},
                                   {{"--split"}, "--data or --features", !by_name, "pictures by name"},
                                   {{"--dark"}, "--confusion FILE", !arguments->confusion.empty()}});
    run_classify(*arguments);
  });
}

}  // namespace tandem::apps
