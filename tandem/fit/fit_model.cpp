#include "tandem/fit/fit_model.h"

#include <ATen/Parallel.h>

#include "tandem/fit/fit_files.h"
#include "tandem/fit/fit_job.h"
#include "tandem/fit/fit_place.h"

namespace tandem {
namespace {

/// The last bits of a training depend on the number of threads, so it goes on with the same.
void settle_threads(FitOptions& options, const FitPlace& place) {
  if (options.threads == 0) {
    if (const std::optional<FitOptions> begun = place.begun_with(options)) options.threads = begun->threads;
  }
  if (options.threads == 0) options.threads = at::get_num_threads();
  at::set_num_threads(options.threads);
}

}  // namespace

FittedModel fit_model(FitOptions options, const std::filesystem::path& out, bool overwrite, const FitWatch& watch) {
  check_fit_options(options);
  options.data.source = absolute_source(options.data.source);
  FitSource source = open_fit_source(options);
  if (!source.features.empty())  // Refused now, before anything is written.
    fit_guide(options, read_manifest(source.features), source.features);
  FitPlace place(out);
  settle_threads(options, place);
  if (const std::optional<Json> result = place.finished(options, source, overwrite)) {
    std::filesystem::remove_all(out / kFitPartsName);
    return {.folder = out, .result = *result, .was_finished = true};
  }
  const std::filesystem::path& folder = place.begin(options, source.features);
  FitSteps steps(watch);
  Json result = FitJob(options, source, folder, steps).run();
  std::filesystem::remove_all(folder / kFitPartsName);
  place.finish();
  return {.folder = out, .result = std::move(result)};
}

}  // namespace tandem
