#include "tandem/fit/fit_report.h"

#include <ostream>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/fit/fit_files.h"

namespace tandem {
namespace {

constexpr std::size_t kNameColumn = 15, kRecallColumn = 20, kPlainColumn = 13;

std::string with_interval(const Json& way, const char* metric) {
  std::string text = decimal(way.at(metric).get<double>(), 1);
  if (!way.contains("interval") || !way.at("interval").contains(metric)) return text;
  const Json& interval = way.at("interval").at(metric);
  return text + " (" + decimal(interval[0].get<double>(), 1) + "-" + decimal(interval[1].get<double>(), 1) + ")";
}

void print_way(const std::string& name, const Json& way, std::ostream& out) {
  out << left_aligned(name, kNameColumn);
  for (const char* metric : {"r1", "r5", "r10"}) out << right_aligned(with_interval(way, metric), kRecallColumn);
  out << right_aligned(decimal(way.at("median_rank").get<double>(), 1), kPlainColumn) << "\n";
}

void print_test(const Json& test, std::ostream& out) {
  out << "Test, measured once: " << with_thousands(test.at("images").get<std::int64_t>()) << " pictures, "
      << with_thousands(test.at("captions").get<std::int64_t>()) << " captions";
  if (!test.at("correction").is_null()) out << ", corrected for hubs as in search";
  out << " (95% intervals)\n" << left_aligned("", kNameColumn);
  for (const char* title : {"recall@1", "@5", "@10"}) out << right_aligned(title, kRecallColumn);
  out << right_aligned("median rank", kPlainColumn) << "\n";
  print_way("image to text", test.at("image_to_text"), out);
  print_way("text to image", test.at("text_to_image"), out);
  print_way("chance, i to t", test.at("chance").at("image_to_text"), out);
  print_way("chance, t to i", test.at("chance").at("text_to_image"), out);
}

void print_parts(const Json& result, std::ostream& out) {
  for (const Json& part : result.at("parts")) {
    out << "  " << part.at("what").get<std::string>();
    if (!part.at("dev_mean_recall").is_null())
      out << ", mean recall on dev " << decimal(part.at("dev_mean_recall").get<double>(), 2);
    if (result.at("parts").size() > 1) out << ", weight " << decimal(part.at("weight").get<double>(), 3);
    out << "\n";
  }
  if (result.at("parts").size() > 1 && !result.at("dev_mean_recall").is_null())
    out << "  together, mean recall on dev " << decimal(result.at("dev_mean_recall").get<double>(), 2) << "\n";
  out << "  correction for hubs: " << printable_sentence(result.at("correction").at("words").get<std::string>())
      << "\n";
}

}  // namespace

void print_fit(const FittedModel& model, std::ostream& out) {
  const std::string folder = model.folder.string();
  const Json& result = model.result;
  out << folder << (model.was_finished ? ": complete, made earlier by the same options and data\n" : ":\n");
  print_parts(result, out);
  out << printable_sentence(result.at("choice").get<std::string>()) << "\n";
  if (!result.at("test").is_null()) print_test(result.at("test"), out);
  for (const Json& note : result.at("notes")) out << "note: " << printable_sentence(note.get<std::string>()) << "\n";
  out << folder << "/" << kFitCardName << " describes the model";
  if (!result.at("report_split").is_null())
    out << "; " << folder << "/" << kFitReportName << " shows it on " << result.at("report_split").get<std::string>();
  out << "\nNext: tandem search " << folder << " \"your words\"\n";
}

}  // namespace tandem
