#include "tandem/fit/fit_options_json.h"

#include "tandem/storage/path_text.h"
#include "tandem/training/train_options_json.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// Of the options in run.json all but those that the features determine.
Json training_to_json(const FitTrainOptions& train) {
  Json json = to_json(train.options);
  for (const char* head : {"image_head", "text_head"}) {
    json[head].erase("pooled");
    json[head].erase("view_widths");
  }
  json["enabled"] = train.enabled;
  json["device"] = train.device;
  return json;
}

FitDataOptions data_from_json(const Json& json, const Path& file) {
  return {.source = json_field<std::string>(json, "source", file),
          .read = {.strict = json_field<bool>(json, "strict", file),
                   .limit = json_field<std::int64_t>(json, "limit", file),
                   .per_category = json_field<std::int64_t>(json, "per_category", file),
                   .seed = json_field<std::uint64_t>(json, "seed", file),
                   .templates = json_field<std::string>(json, "templates", file),
                   .columns = {.image = json_field<std::string>(json, "image_column", file),
                               .caption = json_field<std::string>(json, "caption_column", file),
                               .split = json_field<std::string>(json, "split_column", file),
                               .label = json_field<std::string>(json, "label_column", file)},
                   .delimiter = json_field<std::string>(json, "delimiter", file)}};
}

FitEncodeOptions encode_from_json(const Json& json, const Path& file) {
  using Names = std::vector<std::string>;
  return {.image_encoders = json_field<Names>(json, "image_encoders", file),
          .text_encoders = json_field<Names>(json, "text_encoders", file),
          .image_poolings = json_field<Names>(json, "image_poolings", file),
          .text_poolings = json_field<Names>(json, "text_poolings", file),
          .dtype = json_field<std::string>(json, "dtype", file),
          .device = json_field<std::string>(json, "device", file)};
}

FitCcaOptions cca_from_json(const Json& json, const Path& file) {
  return {.enabled = json_field<bool>(json, "enabled", file),
          .grid = {.regularisations = json_field<std::vector<double>>(json, "regularisation", file),
                   .powers = json_field<std::vector<double>>(json, "power", file),
                   .width = json_field<std::int64_t>(json, "width", file)}};
}

FitEvaluateOptions evaluate_from_json(const Json& json, const Path& file) {
  FitEvaluateOptions evaluate;
  evaluate.bootstrap.samples = json_field<std::int64_t>(json, "samples", file);
  evaluate.bootstrap.seed = json_field<std::uint64_t>(json, "seed", file);
  evaluate.folds = json_field<std::int64_t>(json, "folds", file);
  evaluate.report = json_field<bool>(json, "report", file);
  return evaluate;
}

}  // namespace

Json to_json(const FitOptions& options) {
  return {{"data",
           {{"source", path_text(options.data.source)},
            {"strict", options.data.read.strict},
            {"limit", options.data.read.limit},
            {"per_category", options.data.read.per_category},
            {"seed", options.data.read.seed},
            {"templates", path_text(options.data.read.templates)},
            {"image_column", options.data.read.columns.image},
            {"caption_column", options.data.read.columns.caption},
            {"split_column", options.data.read.columns.split},
            {"label_column", options.data.read.columns.label},
            {"delimiter", options.data.read.delimiter}}},
          {"encode",
           {{"image_encoders", options.encode.image_encoders},
            {"text_encoders", options.encode.text_encoders},
            {"image_poolings", options.encode.image_poolings},
            {"text_poolings", options.encode.text_poolings},
            {"dtype", options.encode.dtype},
            {"device", options.encode.device}}},
          {"train", training_to_json(options.train)},
          {"cca",
           {{"enabled", options.cca.enabled},
            {"regularisation", options.cca.grid.regularisations},
            {"power", options.cca.grid.powers},
            {"width", options.cca.grid.width}}},
          {"ensemble", {{"weights", options.ensemble.weights}}},
          {"correct", {{"method", options.correct.method}, {"bank", options.correct.bank_rows}}},
          {"evaluate",
           {{"samples", options.evaluate.bootstrap.samples},
            {"seed", options.evaluate.bootstrap.seed},
            {"folds", options.evaluate.folds},
            {"report", options.evaluate.report}}},
          {"threads", options.threads}};
}

FitOptions fit_options_from_json(const Json& json, const Path& file) {
  const Json train = json_field<Json>(json, "train", file);
  const Json ensemble = json_field<Json>(json, "ensemble", file);
  const Json correct = json_field<Json>(json, "correct", file);
  return {.data = data_from_json(json_field<Json>(json, "data", file), file),
          .encode = encode_from_json(json_field<Json>(json, "encode", file), file),
          .train = {.enabled = json_field<bool>(train, "enabled", file),
                    .options = train_options_from_json(train, file),
                    .device = json_field<std::string>(train, "device", file)},
          .cca = cca_from_json(json_field<Json>(json, "cca", file), file),
          .ensemble = {.weights = json_field<std::vector<double>>(ensemble, "weights", file)},
          .correct = {.method = json_field<std::string>(correct, "method", file),
                      .bank_rows = json_field<std::int64_t>(correct, "bank", file)},
          .evaluate = evaluate_from_json(json_field<Json>(json, "evaluate", file), file),
          .threads = json_field<int>(json, "threads", file)};
}

}  // namespace tandem
