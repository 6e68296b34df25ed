#include "tandem/reports/correction_fit_report.h"

#include <ostream>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/reports/retrieval_json.h"

namespace tandem {
namespace {

std::string name_of(const std::optional<CorrectionMethod>& method) {
  return method ? std::string(correction_name(*method)) : "none";
}

std::string name_of(const CorrectionResult& result) {
  return name_of(result.method) + (result.transductive ? ", TRANSDUCTIVE" : "");
}

void print_settings(const HubCorrection& correction, std::ostream& out) {
  const bool by_neighbours = correction.method != CorrectionMethod::kInvertedSoftmax;
  out << right_aligned(by_neighbours ? "k " + std::to_string(correction.k) : "", 7)
      << right_aligned(correction.method == CorrectionMethod::kCsls ? "" : decimal(correction.strength, 2), 7);
}

void print_result(const CorrectionResult& result, std::ostream& out) {
  out << left_aligned(name_of(result), 31) << right_aligned(decimal(result.image_to_text, 2), 8)
      << right_aligned(decimal(result.text.skewness, 2), 7);
  if (result.settings)
    print_settings(result.settings->text, out);
  else
    out << std::string(14, ' ');
  out << right_aligned(decimal(result.text_to_image, 2), 8) << right_aligned(decimal(result.image.skewness, 2), 7);
  if (result.settings) print_settings(result.settings->image, out);
  out << "\n";
}

Json settings_json(const HubCorrection& correction) { return {{"k", correction.k}, {"strength", correction.strength}}; }

Json result_json(const CorrectionResult& result) {
  Json json = {{"correction", name_of(result)},
               {"transductive", result.transductive},
               {"image_to_text", {{"mean_recall", result.image_to_text}, {"hubness", to_json(result.text)}}},
               {"text_to_image", {{"mean_recall", result.text_to_image}, {"hubness", to_json(result.image)}}}};
  if (result.settings) {
    json["image_to_text"]["settings"] = settings_json(result.settings->text);
    json["text_to_image"]["settings"] = settings_json(result.settings->image);
  }
  return json;
}

}  // namespace

void print_correction_fit(const CorrectionFit& fit, const std::string& run, std::ostream& out) {
  const StoredCorrection& stored = fit.stored;
  out << printable(fit.data_name) << ", dev: " << with_thousands(fit.dev_images) << " pictures, "
      << with_thousands(fit.dev_captions) << " captions; ";
  out << "banks of " << with_thousands(stored.image_bank.size(0)) << " training pictures and "
      << with_thousands(stored.text_bank.size(0)) << " training captions\n";
  out << "                                      image to text                       text to image\n"
         "                                 recall   skew      settings      recall   skew      settings\n";
  for (const CorrectionResult& result : fit.results) print_result(result, out);
  out << "recall: mean of recall@1, 5 and 10; skew: skewness of the " << kUsualOccurrence
      << "-occurrence of the answers. Settings were chosen on these very numbers.\n"
         "TRANSDUCTIVE: the bank is the queries of the split itself; search cannot use it.\n"
      << run << ": "
      << (stored.chosen ? name_of(stored.chosen) + " is kept; eval and search use it"
                        : "none is kept: dev was better without")
      << "\n";
}

Json correction_fit_json(const CorrectionFit& fit, const std::string& run) {
  Json list = Json::array();
  for (const CorrectionResult& result : fit.results) list.push_back(result_json(result));
  return {{"run", run},
          {"chosen", name_of(fit.stored.chosen)},
          {"image_bank", fit.stored.image_bank.size(0)},
          {"text_bank", fit.stored.text_bank.size(0)},
          {"dev", list}};
}

}  // namespace tandem
