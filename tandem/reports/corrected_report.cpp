#include "tandem/reports/corrected_report.h"

#include "tandem/base/number_text.h"
#include "tandem/reports/retrieval_table.h"

namespace tandem {
namespace {

std::string settings_text(const HubCorrection& correction) {
  if (correction.method == CorrectionMethod::kInvertedSoftmax)
    return "inverse temperature " + decimal(correction.strength, 1);
  return "k " + std::to_string(correction.k) +
         (correction.method == CorrectionMethod::kNnn ? ", alpha " + decimal(correction.strength, 2) : "");
}

void add_correction(Json& json, const HubCorrection& settings, const Hubness& before, const Hubness& after) {
  json.update({{"k", settings.k},
               {"strength", settings.strength},
               {"skewness_before", before.skewness},
               {"skewness_after", after.skewness}});
}

std::string from_to(const Hubness& before, const Hubness& after) {
  return decimal(before.skewness, 2) + " to " + decimal(after.skewness, 2);
}

}  // namespace

std::string correction_words(const CorrectedRetrieval& corrected) {
  return "Corrected for hubs by " + std::string(correction_name(corrected.method)) +
         (corrected.transductive ? ", TRANSDUCTIVE: fitted on the very queries that are measured"
                                 : ", as 'tandem search' ranks: fitted on training queries") +
         " (captions: " + settings_text(corrected.settings.text) +
         "; pictures: " + settings_text(corrected.settings.image) + "; chosen on dev)";
}

std::string skewness_words(const CorrectedRetrieval& corrected) {
  return "The correction takes the skewness of N_10 from " + from_to(corrected.before.text, corrected.after.text) +
         " (captions) and from " + from_to(corrected.before.image, corrected.after.image) + " (pictures)";
}

Json corrected_json(const CorrectedRetrieval& corrected, const std::vector<std::int64_t>& ks) {
  Json json = table_json({.result = corrected.result, .ks = ks, .intervals = corrected.intervals});
  json.erase("chance");  // That of the uncorrected numbers.
  add_correction(json["image_to_text"], corrected.settings.text, corrected.before.text, corrected.after.text);
  add_correction(json["text_to_image"], corrected.settings.image, corrected.before.image, corrected.after.image);
  json["method"] = correction_name(corrected.method);
  json["fitted_on"] = corrected.transductive ? "TRANSDUCTIVE: the queries that are measured" : "training queries";
  json["transductive"] = corrected.transductive;
  return json;
}

}  // namespace tandem
