#include <c10/util/Exception.h>

#include <iostream>
#include <memory>

#include "apps/arguments/split_argument.h"
#include "apps/commands/command.h"
#include "tandem/evaluation/space_geometry.h"
#include "tandem/figures/canvas.h"
#include "tandem/model/model.h"
#include "tandem/reports/geometry_report.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct GeometryArguments {
  std::string run;
  std::string split = "test";
  std::string features;
  std::string histogram;
  bool json = false;
};

void run_geometry(const GeometryArguments& arguments) {
  if (!arguments.histogram.empty()) check_figure_path(arguments.histogram);
  const EmbeddedSplit embedded = Model::open(arguments.run).embed(arguments.features, arguments.split);
  TORCH_CHECK_VALUE(embedded.image.size(0) >= 2, "geometry: at least 2 pictures were needed in the split \"",
                    arguments.split, "\", got ", embedded.image.size(0));
  const LogitScale scale = logit_scale_of(embedded);
  const GeometryReport report{
      .run = arguments.run,
      .data_name = embedded.store.manifest().data_name,
      .split = arguments.split,
      .images = embedded.image.size(0),
      .captions = embedded.text.size(0),
      .width = embedded.image.size(1),
      .scale = scale,
      .geometry = measure_geometry(embedded.image, embedded.text, embedded.pairs.image_of_text, scale.value)};
  if (!arguments.histogram.empty()) draw_similarities(report, arguments.histogram);
  if (arguments.json) {
    std::cout << json_text(geometry_json(report)) << "\n";
    return;
  }
  print_geometry(report, std::cout);
  if (!arguments.histogram.empty()) std::cout << arguments.histogram << ": the similarities\n";
}

}  // namespace

void add_geometry_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("geometry", "Measure the shape of the shared space");
  const auto arguments = std::make_shared<GeometryArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  add_split_option(*command, arguments->split);
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_option("--histogram", arguments->histogram, "Picture of the similarities to write: .png, .svg or .pdf");
  command->add_flag("--json", arguments->json, "Print a JSON object, with histograms");
  command->footer(
      "Examples:\n"
      "  tandem geometry run\n"
      "  tandem geometry run --split dev --histogram similarities.svg\n"
      "  tandem geometry run --json\n"
      "\nAlignment and uniformity (Wang & Isola 2020), modality gap (Liang et al. 2022), effective rank (Roy & "
      "Vetterli 2007), hubness\n"
      "(Radovanovic et al. 2010), similarities of true and other pairs, expected calibration error in 15 bins (Guo et "
      "al. 2017).");
  command->callback([arguments] { run_geometry(*arguments); });
}

}  // namespace tandem::apps
