#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/commands/command.h"
#include "tandem/analysis/calibration.h"
#include "tandem/analysis/geometry.h"
#include "tandem/analysis/pair_similarities.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/figures/canvas.h"
#include "tandem/figures/similarity_histogram.h"
#include "tandem/losses/contrastive_loss.h"
#include "tandem/losses/fitted_scale.h"
#include "tandem/maps/modality_gap.h"
#include "tandem/model/embedded_split.h"
#include "tandem/retrieval/hubness.h"
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

struct Geometry {
  double alignment = 0;
  double image_uniformity = 0, text_uniformity = 0;
  double gap = 0;           ///< distance between the means of the sides
  double separability = 0;  ///< percent
  double image_rank = 0, text_rank = 0;
  PairSimilarities similarity;
  std::int64_t occurrence = 0;  ///< the k of the k-occurrence
  Hubness image_hubness, text_hubness;
  Calibration image_to_text, text_to_image;
};

/// The first caption of every picture, as rows of the captions.
at::Tensor first_captions(const at::Tensor& image_of_text, std::int64_t images) {
  std::vector<std::int64_t> first(images, -1);
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < image_of_text.size(0); ++j) {
    if (first[partner[j]] < 0) first[partner[j]] = j;
  }
  return at::tensor(first, at::kLong);
}

/// The factor on similarity inside the softmax, and where it comes from.
struct Temperature {
  double scale = 0;
  std::string origin;  ///< "trained", "fixed", "fitted on dev", "fitted on the split measured", "the run's"
};

/// The run's own, but for losses that know none: what such a training carries along is where it
/// would have begun, and says nothing of the space. There it is fitted: on dev, or, where the
/// features have none, on what is measured.
Temperature temperature_of(const EmbeddedSplit& embedded) {
  const Run& run = embedded.run;
  if (run.cca || !run.members.empty()) return {.scale = run.logit_scale, .origin = "the run's"};
  if (uses_scale(run.options.loss.kind))
    return {.scale = run.logit_scale, .origin = run.options.learn_scale ? "trained" : "fixed"};
  const std::vector<Split>& splits = embedded.store.manifest().image_splits;
  if (std::count(splits.begin(), splits.end(), Split::kDev) < 2) {
    return {.scale = fitted_logit_scale(embedded.image, embedded.text, embedded.pairs.image_of_text),
            .origin = "fitted on the split measured"};
  }
  const PairedFeatures dev = select_split(embedded.store, Split::kDev);
  return {.scale = fitted_logit_scale(embed_all(run.image_heads, dev.image), embed_all(run.text_heads, dev.text),
                                      dev.image_of_text),
          .origin = "fitted on dev"};
}

Geometry measure(const EmbeddedSplit& embedded, double scale) {
  const at::Tensor &image = embedded.image, &text = embedded.text, &pairs = embedded.pairs.image_of_text;
  const std::int64_t k = std::min({kUsualOccurrence, image.size(0), text.size(0)});
  // One right answer a query both ways: several captions of a picture would share its probability.
  const at::Tensor one_each = text.index_select(0, first_captions(pairs, image.size(0)));
  return {.alignment = alignment(image, text, pairs),
          .image_uniformity = uniformity(image),
          .text_uniformity = uniformity(text),
          .gap = modality_gap(image, text),
          .separability = linear_separability(image, text),
          .image_rank = effective_rank(image),
          .text_rank = effective_rank(text),
          .similarity = pair_similarities(image, text, pairs),
          .occurrence = k,
          .image_hubness = measure_hubness(text, image, k),
          .text_hubness = measure_hubness(image, text, k),
          .image_to_text = softmax_calibration(image, one_each, at::arange(image.size(0), at::kLong), scale),
          .text_to_image = softmax_calibration(text, image, pairs, scale)};
}

void print_number(const std::string& name, double value, int places, const std::string& meaning) {
  std::cout << left_aligned(name, 28) << right_aligned(decimal(value, places), 9) << "   " << meaning << "\n";
}

void print_similarities(const std::string& name, const SimilaritySummary& one) {
  std::cout << left_aligned(name, 28) << right_aligned(decimal(one.mean, 3), 9)
            << right_aligned(decimal(one.deviation, 3), 11) << right_aligned(decimal(one.least, 3), 9)
            << right_aligned(decimal(one.largest, 3), 9) << right_aligned(with_thousands(one.pairs), 15) << "\n";
}

void print_hubness(const std::string& name, const Hubness& hubness, std::int64_t k) {
  print_number(name, hubness.skewness, 2,
               "skewness of the " + std::to_string(k) + "-occurrence; " + decimal(100 * hubness.never_found, 1) +
                   "% are in no answer, one is in " + with_thousands(hubness.most));
}

void print_calibration(const std::string& name, const Calibration& one) {
  std::cout << left_aligned(name, 28) << right_aligned(decimal(100 * one.error, 2), 9)
            << right_aligned(decimal(100 * one.confidence, 1), 13) << right_aligned(decimal(100 * one.accuracy, 1), 11)
            << "\n";
}

void print_reliability(const Geometry& geometry) {
  std::cout << "reliability        image to text                     text to image\n"
               "confidence       queries  confidence  accuracy   queries  confidence  accuracy\n";
  const std::size_t bins = geometry.image_to_text.bins.size();
  for (std::size_t b = 0; b < bins; ++b) {
    const ReliabilityBin &text = geometry.image_to_text.bins[b], &image = geometry.text_to_image.bins[b];
    if (text.queries + image.queries == 0) continue;
    const auto edge = [&](std::size_t at) {
      return decimal(100.0 * static_cast<double>(at) / static_cast<double>(bins), 0);
    };
    std::cout << left_aligned(edge(b) + " to " + edge(b + 1), 14);
    for (const ReliabilityBin& bin : {text, image}) {
      std::cout << right_aligned(with_thousands(bin.queries), 10)
                << right_aligned(bin.queries > 0 ? decimal(100 * bin.confidence, 1) : "", 12)
                << right_aligned(bin.queries > 0 ? decimal(100 * bin.accuracy, 1) : "", 10);
    }
    std::cout << "\n";
  }
}

void print_geometry(const Geometry& geometry, std::int64_t width, const Temperature& temperature) {
  print_number("alignment", geometry.alignment, 3, "mean squared distance of true pairs: 0 at best, 2 for strangers");
  print_number("uniformity of pictures", geometry.image_uniformity, 3,
               "log of the mean of exp(-2 squared distance): -4 spread evenly, 0 one point");
  print_number("uniformity of captions", geometry.text_uniformity, 3, "");
  print_number("modality gap", geometry.gap, 3, "distance of the two centroids");
  print_number("told apart by a plane", geometry.separability, 1,
               "percent of held-out rows, balanced: 50 where the sides mix, 100 where they do not");
  print_number("effective rank of pictures", geometry.image_rank, 1, "directions in use, of " + std::to_string(width));
  print_number("effective rank of captions", geometry.text_rank, 1, "");
  print_hubness("hubness of pictures", geometry.image_hubness, geometry.occurrence);
  print_hubness("hubness of captions", geometry.text_hubness, geometry.occurrence);
  std::cout << "\nsimilarity                       mean  deviation    least  largest          pairs\n";
  print_similarities("true pairs", geometry.similarity.aligned);
  print_similarities("all other pairs", geometry.similarity.misaligned);
  print_number("overlap of histograms", 100 * geometry.similarity.overlap, 1, "percent");
  print_number("AUC", geometry.similarity.auc, 4, "probability that a true pair is nearer than another");
  std::cout << "\ncalibration, percent            error   confidence   accuracy\n";
  print_calibration("image to text", geometry.image_to_text);
  print_calibration("text to image", geometry.text_to_image);
  print_reliability(geometry);
  std::cout << "Confidence is the softmax of " << decimal(temperature.scale, 2)
            << " x similarity over the gallery: all pictures, or the first caption of each.\n";
  if (temperature.origin.starts_with("fitted"))
    std::cout << "The factor was " << temperature.origin << ": the loss of this run trains none.\n";
}

Json to_json(const Hubness& hubness) {
  return {{"skewness", hubness.skewness}, {"never_found", hubness.never_found}, {"most", hubness.most}};
}

Json to_json(const SimilaritySummary& one) {
  return {{"pairs", one.pairs}, {"mean", one.mean},       {"deviation", one.deviation},
          {"least", one.least}, {"largest", one.largest}, {"histogram", one.histogram}};
}

Json to_json(const Calibration& one) {
  Json bins = Json::array();
  for (const ReliabilityBin& bin : one.bins)
    bins.push_back({{"queries", bin.queries}, {"confidence", bin.confidence}, {"accuracy", bin.accuracy}});
  return {{"error", one.error}, {"confidence", one.confidence}, {"accuracy", one.accuracy}, {"bins", bins}};
}

Json to_json(const Geometry& geometry) {
  return {{"alignment", geometry.alignment},
          {"uniformity", {{"image", geometry.image_uniformity}, {"text", geometry.text_uniformity}}},
          {"modality_gap", {{"distance", geometry.gap}, {"separability", geometry.separability}}},
          {"effective_rank", {{"image", geometry.image_rank}, {"text", geometry.text_rank}}},
          {"hubness",
           {{"k", geometry.occurrence},
            {"image", to_json(geometry.image_hubness)},
            {"text", to_json(geometry.text_hubness)}}},
          {"similarity",
           {{"aligned", to_json(geometry.similarity.aligned)},
            {"misaligned", to_json(geometry.similarity.misaligned)},
            {"overlap", geometry.similarity.overlap},
            {"auc", geometry.similarity.auc}}},
          {"calibration",
           {{"image_to_text", to_json(geometry.image_to_text)}, {"text_to_image", to_json(geometry.text_to_image)}}}};
}

void run_geometry(const GeometryArguments& arguments) {
  if (!arguments.histogram.empty()) check_figure_path(arguments.histogram);
  const EmbeddedSplit embedded = embed_split(arguments.run, arguments.features, arguments.split);
  TORCH_CHECK_VALUE(embedded.image.size(0) >= 2, "geometry: at least 2 pictures were needed in the split \"",
                    arguments.split, "\", got ", embedded.image.size(0));
  const Temperature temperature = temperature_of(embedded);
  const Geometry geometry = measure(embedded, temperature.scale);
  const std::string name = embedded.store.manifest().data_name;
  if (!arguments.histogram.empty()) {
    const PairSimilarities& similarity = geometry.similarity;
    draw_similarity_histogram(arguments.histogram,
                              {.aligned = similarity.aligned.histogram,
                               .misaligned = similarity.misaligned.histogram,
                               .aligned_mean = similarity.aligned.mean,
                               .misaligned_mean = similarity.misaligned.mean,
                               .overlap = similarity.overlap},
                              name + ", " + arguments.split + ": similarity of pairs");
  }
  if (arguments.json) {
    Json json = to_json(geometry);
    json.update({{"run", arguments.run},
                 {"data", name},
                 {"split", arguments.split},
                 {"images", embedded.image.size(0)},
                 {"captions", embedded.text.size(0)},
                 {"width", embedded.image.size(1)},
                 {"logit_scale", temperature.scale},
                 {"logit_scale_origin", temperature.origin}});
    std::cout << json_text(json) << "\n";
    return;
  }
  std::cout << printable(name) << ", split " << arguments.split << ": " << with_thousands(embedded.image.size(0))
            << " pictures, " << with_thousands(embedded.text.size(0)) << " captions\n\n";
  print_geometry(geometry, embedded.image.size(1), temperature);
  if (!arguments.histogram.empty()) std::cout << arguments.histogram << ": the similarities\n";
}

}  // namespace

void add_geometry_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("geometry", "Measure the shape of the shared space");
  const auto arguments = std::make_shared<GeometryArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
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
