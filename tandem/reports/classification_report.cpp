#include "tandem/reports/classification_report.h"

#include <algorithm>
#include <ostream>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/figures/confusion_matrix.h"

namespace tandem {
namespace {

/// The class that pictures of class `row` are most often wrongly taken for, with how often; empty
/// if there is none.
std::string usual_mistake(const Classification& classification, std::int64_t row) {
  const auto count = classification.result.confusion.accessor<std::int64_t, 2>();
  std::int64_t worst = -1;
  for (std::int64_t c = 0; c < count.size(1); ++c) {
    if (c != row && count[row][c] > 0 && (worst < 0 || count[row][c] > count[row][worst])) worst = c;
  }
  if (worst < 0) return "";
  return classification.classes.labels[worst] + " (" + std::to_string(count[row][worst]) + ")";
}

}  // namespace

void print_classification(const Classification& classification, std::ostream& out) {
  const LabelledPictures& pictures = classification.pictures;
  const std::vector<std::string>& labels = classification.classes.labels;
  const ZeroShotResult& result = classification.result;
  const auto count = static_cast<std::int64_t>(labels.size());
  std::size_t wide = 5;
  for (const std::string& label : labels) wide = std::max(wide, printable(label).size());
  out << printable(pictures.name) << ", split " << pictures.split << ": " << with_thousands(pictures.image.size(0))
      << " pictures, " << with_thousands(count) << " classes, " << classification.templates.size() << " templates\n";
  out << "top-1 " << decimal(result.top1, 1) << "   top-5 " << decimal(result.top5, 1) << "   mean of the classes "
      << decimal(result.mean_recall, 1);
  out << "   (chance " << decimal(100.0 / static_cast<double>(count), 1) << ")\n";
  out << left_aligned("class", wide) << "  pictures  recall  precision  most often taken for\n";
  for (std::int64_t c = 0; c < count; ++c) {
    const ClassScore& score = result.classes[c];
    out << left_aligned(labels[c], wide) << right_aligned(with_thousands(score.pictures), 10)
        << right_aligned(decimal(score.recall(), 1), 8) << right_aligned(decimal(score.precision(), 1), 11) << "  "
        << printable(usual_mistake(classification, c)) << "\n";
  }
}

Json classification_json(const Classification& classification, const std::string& run) {
  const LabelledPictures& pictures = classification.pictures;
  const ZeroShotResult& result = classification.result;
  Json list = Json::array();
  const auto count = result.confusion.accessor<std::int64_t, 2>();
  for (std::size_t c = 0; c < classification.classes.labels.size(); ++c) {
    const auto row = count[static_cast<std::int64_t>(c)];
    list.push_back({{"class", classification.classes.labels[c]},
                    {"pictures", result.classes[c].pictures},
                    {"recall", result.classes[c].recall()},
                    {"precision", result.classes[c].precision()},
                    {"taken_for", std::vector<std::int64_t>(row.data(), row.data() + row.size(0))}});
  }
  return {{"run", run},
          {"data", pictures.name},
          {"split", pictures.split},
          {"images", pictures.image.size(0)},
          {"templates", classification.templates},
          {"top1", result.top1},
          {"top5", result.top5},
          {"mean_recall", result.mean_recall},
          {"classes", list}};
}

void draw_confusion(const Classification& classification, const std::filesystem::path& out, const Theme& theme) {
  const LabelledPictures& pictures = classification.pictures;
  const ZeroShotResult& result = classification.result;
  draw_confusion_matrix(out, classification.classes.labels, result.confusion,
                        pictures.name + ": classes by words alone",
                        "Split " + pictures.split + ", " + with_thousands(pictures.image.size(0)) + " pictures, " +
                            decimal(result.top1, 1) + "% of them right.",
                        theme);
}

void print_guesses(const ClassifiedFiles& classified, std::ostream& out) {
  for (std::size_t i = 0; i < classified.files.size(); ++i) {
    out << printable(classified.files[i], kLongestShownCaption) << "\n";
    for (const ClassGuess& guess : classified.guesses[i])
      out << right_aligned(decimal(100 * guess.probability, 1), 7) << " %  " << decimal(guess.similarity, 3) << "  "
          << printable(classified.classes.labels[guess.row]) << "\n";
  }
}

Json guesses_json(const ClassifiedFiles& classified, const std::string& run) {
  Json list = Json::array();
  for (std::size_t i = 0; i < classified.files.size(); ++i) {
    Json places = Json::array();
    for (const ClassGuess& guess : classified.guesses[i]) {
      places.push_back({{"class", classified.classes.labels[guess.row]},
                        {"probability", guess.probability},
                        {"similarity", guess.similarity}});
    }
    list.push_back({{"file", classified.files[i]}, {"classes", places}});
  }
  return {{"run", run}, {"pictures", list}};
}

}  // namespace tandem
