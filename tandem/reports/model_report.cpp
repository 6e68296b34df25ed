#include "tandem/reports/model_report.h"

#include "tandem/base/errors.h"

namespace tandem {

void check_report_path(const std::filesystem::path& out) {
  const std::string ending = out.extension().string();
  if (ending != ".html" && ending != ".pdf")
    throw FileError(out, "a report's name to end in .html or .pdf", ending.empty() ? "no ending" : ending);
}

Json write_model_report(const Model& model, const std::filesystem::path& out, const ModelReportOptions& options,
                        const Stages& stages) {
  check_report_path(out);
  static_cast<void>(stages);
  const EmbeddedSplit embedded = model.embed(options.features, options.split);
  return {{"file", out.string()}, {"pictures", embedded.image.size(0)}};
}

}  // namespace tandem
