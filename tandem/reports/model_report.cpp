#include "tandem/reports/model_report.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/figures/report_page.h"
#include "tandem/figures/report_paper.h"
#include "tandem/reports/corrected_report.h"
#include "tandem/reports/eval_report.h"
#include "tandem/reports/joint_projection_report.h"
#include "tandem/reports/model_report_data.h"
#include "tandem/reports/model_report_pairs.h"
#include "tandem/reports/model_report_results.h"
#include "tandem/reports/model_report_space.h"
#include "tandem/reports/retrieval_json.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

bool is_paper(const std::filesystem::path& out) { return out.extension() == ".pdf"; }

ReportDocument document_of(const ModelMeasures& measures, const Model& model, const Stages& stages) {
  ReportDocument document = report_head(measures, model);
  ReportShelf shelf(measures.embedded());
  document.sections = {results_section(measures),     protocol_section(measures),     training_section(measures),
                       space_section(measures),       pairs_section(measures, shelf), slices_section(measures),
                       hubs_section(measures, shelf), audit_section(measures, shelf)};
  document.pictures = shelf.pictures(begin_stage(stages, "thumbnails", "pictures"));
  document.sections.push_back(
      data_section(measures, std::count_if(document.pictures.begin(), document.pictures.end(),
                                           [](const ReportPicture& picture) { return picture.jpeg.empty(); })));
  document.colophon =
      "Made by 'tandem report'. The same numbers as text: 'tandem eval --slices', 'tandem geometry', "
      "'tandem audit'. All pairs: 'tandem examples', 'tandem map'.";
  return document;
}

Json intervals_json(const std::vector<MetricInterval>& intervals) {
  Json json = Json::object();
  for (const MetricInterval& interval : intervals)
    json[interval.way][interval.metric] = {interval.interval.low, interval.interval.high};
  return json;
}

Json audit_counts(const std::optional<ModelAudit>& audit) {
  if (!audit) return nullptr;
  Json counts = {{"cross_fitted", audit->cross_fitted}};
  for (const Verdict verdict : {Verdict::kAligned, Verdict::kAmbiguous, Verdict::kHub, Verdict::kWrongCaption})
    counts[std::string(verdict_name(verdict))] = audit->count(verdict);
  return counts;
}

Json told(const ModelMeasures& measures, const ReportDocument& document) {
  Json sections = Json::array();
  for (const ReportSection& section : document.sections) sections.push_back(section.id);
  std::int64_t unreadable = 0;
  for (const ReportPicture& picture : document.pictures) unreadable += picture.jpeg.empty();
  return {{"split", measures.options.split},
          {"corrected", measures.corrected.has_value()},
          {"results",
           {{"image_to_text", to_json(measures.result().image_to_text)},
            {"text_to_image", to_json(measures.result().text_to_image)},
            {"interval", intervals_json(measures.intervals())}}},
          {"eval", eval_json(measures.input, measures.plain, measures.corrected)},
          {"maps",
           {{"pairs", measures.mapped},
            {"before", map_json(measures.maps.before, measures.maps.options)},
            {"after", map_json(measures.maps.after, measures.maps.options)}}},
          {"hubs",
           {{"list", measures.lists.length},
            {"pictures", to_json(summarise_hubness(measures.lists.pictures))},
            {"captions", to_json(summarise_hubness(measures.lists.captions))}}},
          {"audit", audit_counts(measures.audit)},
          {"epochs", measures.epochs.size()},
          {"thumbnails", document.pictures.size()},
          {"unreadable_thumbnails", unreadable},
          {"missing_files", measures.missing_files},
          {"sections", sections}};
}

}  // namespace

void check_report_path(const std::filesystem::path& out) {
  const std::string ending = out.extension().string();
  if (ending != ".html" && ending != ".pdf")
    throw FileError(out, "a report's name to end in .html or .pdf", ending.empty() ? "no ending" : ending);
}

Json write_model_report(const Model& model, const std::filesystem::path& out, const ModelReportOptions& options,
                        const Stages& stages) {
  check_report_path(out);
  const ModelMeasures measures = measure_model(model, options, stages);
  const ReportDocument document = document_of(measures, model, stages);
  Json json = {{"file", out.string()}};
  std::string bytes;
  if (is_paper(out)) {
    ReportPaper paper = report_paper(document);
    json["pages"] = paper.pages;
    bytes = std::move(paper.pdf);
  } else {
    bytes = report_page(document);
  }
  write_file(out, bytes);
  json["bytes"] = bytes.size();
  json.update(told(measures, document));
  return json;
}

}  // namespace tandem
