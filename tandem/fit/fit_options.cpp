#include "tandem/fit/fit_options.h"

#include <c10/util/Exception.h>

#include <cmath>
#include <limits>

#include "tandem/features/views.h"
#include "tandem/nn/precision.h"
#include "tandem/retrieval/hub_correction.h"

namespace tandem {
namespace {

/// TOML has signed whole numbers only, so fit.toml could not hold a larger seed.
void check_seed(std::uint64_t seed, const char* name) {
  TORCH_CHECK_VALUE(seed <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()), "fit: ", name,
                    " must be at most 2^63 - 1, got ", seed);
}

void check_poolings(const std::vector<std::string>& poolings, std::size_t encoders, const char* name) {
  TORCH_CHECK_VALUE(poolings.size() == 1 || poolings.size() == encoders, "fit: ", name,
                    " must hold one pooling for all encoders of its side or one for each of the ", encoders, ", got ",
                    poolings.size());
  for (const std::string& pooling : poolings) parse_views(pooling);
}

void check_parts(const FitOptions& options) {
  TORCH_CHECK_VALUE(options.train.enabled || options.cca.enabled,
                    "fit: train.enabled or cca.enabled must be true, got false for both");
  const std::vector<double>& weights = options.ensemble.weights;
  const bool both = options.train.enabled && options.cca.enabled;
  TORCH_CHECK_VALUE(weights.empty() || (both && weights.size() == 2),
                    "fit: ensemble.weights must be two numbers, of the trained heads and of CCA, or empty, got ",
                    weights.size(), both ? "" : " beside heads of one kind");
  for (const double weight : weights)
    TORCH_CHECK_VALUE(std::isfinite(weight) && weight > 0, "fit: ensemble.weights must be above 0, got ", weight);
}

void check_grid(const CcaGrid& grid) {
  TORCH_CHECK_VALUE(grid.settings() > 0, "fit: cca.regularisation and cca.power must hold a number each, got none");
  for (const double value : grid.regularisations)
    TORCH_CHECK_VALUE(std::isfinite(value) && value > 0, "fit: cca.regularisation must be above 0, got ", value);
  for (const double value : grid.powers)
    TORCH_CHECK_VALUE(std::isfinite(value) && value >= 0, "fit: cca.power must be 0 or more, got ", value);
  TORCH_CHECK_VALUE(grid.width > 0, "fit: cca.width must be positive, got ", grid.width);
}

void check_training(const FitTrainOptions& train) {
  TrainOptions options = train.options;
  TORCH_CHECK_VALUE(options.epochs >= 0, "fit: train.epochs must be 0 or more, got ", options.epochs);
  if (options.epochs == 0) options.epochs = 1;
  check_train_options(options);
  check_seed(options.seed, "train.seed");
  device_named(train.device);
}

}  // namespace

TrainOptions FitTrainOptions::default_options() {
  TrainOptions options;
  options.epochs = 0;
  return options;
}

void make_quick(FitOptions& options) { options.train.enabled = false; }

void check_fit_options(const FitOptions& options) {
  TORCH_CHECK_VALUE(!options.data.source.empty(), "fit: data or a folder of features was needed, got none");
  TORCH_CHECK_VALUE(options.data.read.limit >= 0, "fit: data.limit must be 0 or more, got ", options.data.read.limit);
  TORCH_CHECK_VALUE(options.data.read.per_category >= 0, "fit: data.per_category must be 0 or more, got ",
                    options.data.read.per_category);
  check_seed(options.data.read.seed, "data.seed");
  check_parts(options);
  check_grid(options.cca.grid);
  check_training(options.train);
  check_poolings(options.encode.image_poolings, options.encode.image_encoders.size(), "encode.image_poolings");
  check_poolings(options.encode.text_poolings, options.encode.text_encoders.size(), "encode.text_poolings");
  precision_named(options.encode.dtype, device_named(options.encode.device));
  const std::string& method = options.correct.method;
  TORCH_CHECK_VALUE(method == "auto" || method == "none" || correction_named(method),
                    "fit: correct.method must be auto, none, nnn, csls or inverted-softmax, got \"", method, "\"");
  TORCH_CHECK_VALUE(options.correct.bank_rows > 0, "fit: correct.bank must be positive, got ",
                    options.correct.bank_rows);
  TORCH_CHECK_VALUE(options.evaluate.bootstrap.samples >= 0, "fit: evaluate.samples must be 0 or more, got ",
                    options.evaluate.bootstrap.samples);
  check_seed(options.evaluate.bootstrap.seed, "evaluate.seed");
  TORCH_CHECK_VALUE(options.evaluate.folds >= 2, "fit: evaluate.folds must be 2 or more, got ", options.evaluate.folds);
  TORCH_CHECK_VALUE(options.threads >= 0, "fit: threads must be 0 or more, got ", options.threads);
}

}  // namespace tandem
