#include "tandem/reports/corrected_report.h"

#include <ostream>

#include "tandem/base/number_text.h"
#include "tandem/reports/retrieval_json.h"

namespace tandem {
namespace {

std::string settings_text(const HubCorrection& correction) {
  if (correction.method == CorrectionMethod::kInvertedSoftmax)
    return "inverse temperature " + decimal(correction.strength, 1);
  return "k " + std::to_string(correction.k) +
         (correction.method == CorrectionMethod::kNnn ? ", alpha " + decimal(correction.strength, 2) : "");
}

void print_row(std::ostream& out, const std::string& name, const RetrievalSummary& summary, const Hubness& before,
               const Hubness& after) {
  out << left_aligned(name, 18);
  for (const double recall : {summary.r1, summary.r5, summary.r10}) out << right_aligned(decimal(recall, 1), 8);
  out << right_aligned(decimal(summary.median_rank, 1), 13) << right_aligned(decimal(summary.mean_rank, 1), 11)
      << right_aligned(decimal(before.skewness, 2) + " to " + decimal(after.skewness, 2), 18) << "\n";
}

Json way_json(const RetrievalSummary& summary, const HubCorrection& settings, const Hubness& before,
              const Hubness& after) {
  Json json = to_json(summary);
  json.update({{"k", settings.k},
               {"strength", settings.strength},
               {"skewness_before", before.skewness},
               {"skewness_after", after.skewness}});
  return json;
}

}  // namespace

void print_corrected(const CorrectedRetrieval& corrected, std::ostream& out) {
  out << "\nCorrected for hubs by " << correction_name(corrected.method)
      << (corrected.transductive ? ", TRANSDUCTIVE: fitted on the very queries that are measured"
                                 : ", fitted on training queries");
  out << " (captions: " << settings_text(corrected.settings.text)
      << "; pictures: " << settings_text(corrected.settings.image) << "; chosen on dev):\n";
  out << "                  recall@1      @5     @10  median rank  mean rank  skewness of N_10\n";
  print_row(out, "image to text", corrected.result.image_to_text, corrected.before.text, corrected.after.text);
  print_row(out, "text to image", corrected.result.text_to_image, corrected.before.image, corrected.after.image);
}

Json corrected_json(const CorrectedRetrieval& corrected) {
  return {{"method", correction_name(corrected.method)},
          {"fitted_on", corrected.transductive ? "TRANSDUCTIVE: the queries that are measured" : "training queries"},
          {"transductive", corrected.transductive},
          {"image_to_text", way_json(corrected.result.image_to_text, corrected.settings.text, corrected.before.text,
                                     corrected.after.text)},
          {"text_to_image", way_json(corrected.result.text_to_image, corrected.settings.image, corrected.before.image,
                                     corrected.after.image)}};
}

}  // namespace tandem
