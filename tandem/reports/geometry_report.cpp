#include "tandem/reports/geometry_report.h"

#include <ostream>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/figures/similarity_histogram.h"
#include "tandem/reports/retrieval_json.h"

namespace tandem {
namespace {

void print_measure(std::ostream& out, const std::string& name, double value, int places,
                   const std::string& meaning = "") {
  out << left_aligned(name, 28) << right_aligned(decimal(value, places), 9) << "   " << meaning << "\n";
}

void print_similarities(std::ostream& out, const std::string& name, const SimilaritySummary& one) {
  out << left_aligned(name, 28) << right_aligned(decimal(one.mean, 3), 9)
      << right_aligned(decimal(one.deviation, 3), 11) << right_aligned(decimal(one.least, 3), 9)
      << right_aligned(decimal(one.largest, 3), 9) << right_aligned(with_thousands(one.pairs), 15) << "\n";
}

void print_hubness(std::ostream& out, const std::string& name, const Hubness& hubness, std::int64_t k) {
  print_measure(out, name, hubness.skewness, 2,
                "skewness of the " + std::to_string(k) + "-occurrence; " + decimal(100 * hubness.never_found, 1) +
                    "% are in no answer, one is in " + with_thousands(hubness.most));
}

void print_calibration(std::ostream& out, const std::string& name, const Calibration& one) {
  out << left_aligned(name, 28) << right_aligned(decimal(100 * one.error, 2), 9)
      << right_aligned(decimal(100 * one.confidence, 1), 13) << right_aligned(decimal(100 * one.accuracy, 1), 11)
      << "\n";
}

void print_reliability(std::ostream& out, const SpaceGeometry& geometry) {
  out << "reliability        image to text                     text to image\n"
         "confidence       queries  confidence  accuracy   queries  confidence  accuracy\n";
  const std::size_t bins = geometry.image_to_text.bins.size();
  for (std::size_t b = 0; b < bins; ++b) {
    const ReliabilityBin& text = geometry.image_to_text.bins[b];
    const ReliabilityBin& image = geometry.text_to_image.bins[b];
    if (text.queries + image.queries == 0) continue;
    const auto edge = [&](std::size_t at) {
      return decimal(100.0 * static_cast<double>(at) / static_cast<double>(bins), 0);
    };
    out << left_aligned(edge(b) + " to " + edge(b + 1), 14);
    for (const ReliabilityBin& bin : {text, image}) {
      out << right_aligned(with_thousands(bin.queries), 10)
          << right_aligned(bin.queries > 0 ? decimal(100 * bin.confidence, 1) : "", 12)
          << right_aligned(bin.queries > 0 ? decimal(100 * bin.accuracy, 1) : "", 10);
    }
    out << "\n";
  }
}

void print_space(std::ostream& out, const SpaceGeometry& geometry, std::int64_t width) {
  print_measure(out, "alignment", geometry.alignment, 3,
                "mean squared distance of true pairs: 0 at best, 2 for strangers");
  print_measure(out, "uniformity of pictures", geometry.image_uniformity, 3,
                "log of the mean of exp(-2 squared distance): -4 spread evenly, 0 one point");
  print_measure(out, "uniformity of captions", geometry.text_uniformity, 3);
  print_measure(out, "modality gap", geometry.gap, 3, "distance of the two centroids");
  print_measure(out, "told apart by a plane", geometry.separability, 1,
                "percent of held-out rows, balanced: 50 where the sides mix, 100 where they do not");
  print_measure(out, "effective rank of pictures", geometry.image_rank, 1,
                "directions in use, of " + std::to_string(width));
  print_measure(out, "effective rank of captions", geometry.text_rank, 1);
  print_hubness(out, "hubness of pictures", geometry.image_hubness, geometry.occurrence);
  print_hubness(out, "hubness of captions", geometry.text_hubness, geometry.occurrence);
}

Json similarity_json(const SimilaritySummary& one) {
  return {{"pairs", one.pairs}, {"mean", one.mean},       {"deviation", one.deviation},
          {"least", one.least}, {"largest", one.largest}, {"histogram", one.histogram}};
}

Json calibration_json(const Calibration& one) {
  Json bins = Json::array();
  for (const ReliabilityBin& bin : one.bins)
    bins.push_back({{"queries", bin.queries}, {"confidence", bin.confidence}, {"accuracy", bin.accuracy}});
  return {{"error", one.error}, {"confidence", one.confidence}, {"accuracy", one.accuracy}, {"bins", bins}};
}

}  // namespace

void print_geometry(const GeometryReport& report, std::ostream& out) {
  const SpaceGeometry& geometry = report.geometry;
  out << printable(report.data_name) << ", split " << report.split << ": " << with_thousands(report.images)
      << " pictures, " << with_thousands(report.captions) << " captions\n\n";
  print_space(out, geometry, report.width);
  out << "\nsimilarity                       mean  deviation    least  largest          pairs\n";
  print_similarities(out, "true pairs", geometry.similarity.aligned);
  print_similarities(out, "all other pairs", geometry.similarity.misaligned);
  print_measure(out, "overlap of histograms", 100 * geometry.similarity.overlap, 1, "percent");
  print_measure(out, "AUC", geometry.similarity.auc, 4, "probability that a true pair is nearer than another");
  out << "\ncalibration, percent            error   confidence   accuracy\n";
  print_calibration(out, "image to text", geometry.image_to_text);
  print_calibration(out, "text to image", geometry.text_to_image);
  print_reliability(out, geometry);
  out << "Confidence is the softmax of " << decimal(report.scale.value, 2)
      << " x similarity over the gallery: all pictures, or the first caption of each.\n";
  if (report.scale.origin.starts_with("fitted"))
    out << "The factor was " << report.scale.origin << ": the loss of this run trains none.\n";
}

Json geometry_json(const GeometryReport& report) {
  const SpaceGeometry& geometry = report.geometry;
  return {{"run", report.run},
          {"data", report.data_name},
          {"split", report.split},
          {"images", report.images},
          {"captions", report.captions},
          {"width", report.width},
          {"logit_scale", report.scale.value},
          {"logit_scale_origin", report.scale.origin},
          {"alignment", geometry.alignment},
          {"uniformity", {{"image", geometry.image_uniformity}, {"text", geometry.text_uniformity}}},
          {"modality_gap", {{"distance", geometry.gap}, {"separability", geometry.separability}}},
          {"effective_rank", {{"image", geometry.image_rank}, {"text", geometry.text_rank}}},
          {"hubness",
           {{"k", geometry.occurrence},
            {"image", to_json(geometry.image_hubness)},
            {"text", to_json(geometry.text_hubness)}}},
          {"similarity",
           {{"aligned", similarity_json(geometry.similarity.aligned)},
            {"misaligned", similarity_json(geometry.similarity.misaligned)},
            {"overlap", geometry.similarity.overlap},
            {"auc", geometry.similarity.auc}}},
          {"calibration",
           {{"image_to_text", calibration_json(geometry.image_to_text)},
            {"text_to_image", calibration_json(geometry.text_to_image)}}}};
}

void draw_similarities(const GeometryReport& report, const std::filesystem::path& out) {
  const PairSimilarities& similarity = report.geometry.similarity;
  draw_similarity_histogram(out,
                            {.aligned = similarity.aligned.histogram,
                             .misaligned = similarity.misaligned.histogram,
                             .aligned_mean = similarity.aligned.mean,
                             .misaligned_mean = similarity.misaligned.mean,
                             .overlap = similarity.overlap},
                            report.data_name + ", " + report.split + ": similarity of pairs");
}

}  // namespace tandem
