#include "tandem/reports/models_table.h"

#include <algorithm>
#include <ostream>

#include "tandem/base/joined_text.h"
#include "tandem/base/number_text.h"
#include "tandem/reports/retrieval_json.h"

namespace tandem {
namespace {

/// "regularisation 0.1, power 4"
std::string settings_text(const Json& settings) {
  return joined_text(settings.items(), ", ",
                     [](const auto& setting) { return setting.key() + " " + setting.value().dump(); });
}

}  // namespace

void print_models(const std::vector<MeasuredModel>& models, std::ostream& out) {
  std::size_t width = 20;
  for (const MeasuredModel& model : models) width = std::max(width, model.name.size());
  out << std::string(width, ' ') << "      image to text           text to image\n"
      << std::string(width, ' ') << "      @1     @5    @10        @1     @5    @10    mean     dev  chosen on dev\n";
  for (const MeasuredModel& model : models) {
    out << left_aligned(model.name, width) << " ";
    for (const RetrievalSummary* way : {&model.image_to_text, &model.text_to_image}) {
      for (const double recall : {way->r1, way->r5, way->r10}) out << right_aligned(decimal(recall, 1), 7);
      out << "   ";
    }
    out << right_aligned(decimal(model.recall, 2), 5)
        << right_aligned(model.dev_recall ? decimal(*model.dev_recall, 2) : "-", 8) << "  "
        << settings_text(model.settings) << "\n";
  }
}

Json to_json(const MeasuredModel& model) {
  return {{"name", model.name},
          {"settings", model.settings},
          {"dev_mean_recall", model.dev_recall ? Json(*model.dev_recall) : Json()},
          {"mean_recall", model.recall},
          {"image_to_text", to_json(model.image_to_text)},
          {"text_to_image", to_json(model.text_to_image)}};
}

}  // namespace tandem
