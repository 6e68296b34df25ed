#include "tandem/training/train_options_json.h"

#include "tandem/base/errors.h"

namespace tandem {
namespace {

/// The choice of this name. Throws FileError saying `what` was expected of a known kind.
template <typename Find>
auto known(const std::string& what, const Find& find, const std::string& name, const std::filesystem::path& file) {
  const auto found = find(name);
  if (!found) throw FileError(file, what + " of a known kind", "\"" + name + "\"");
  return *found;
}

Json to_json(const std::vector<PooledColumns>& pooled) {
  Json list = Json::array();
  for (const PooledColumns& columns : pooled) {
    list.push_back(
        {{"begin", columns.begin}, {"count", columns.count}, {"width", columns.width}, {"tokens", columns.tokens}});
  }
  return list;
}

std::vector<PooledColumns> pooled_from_json(const Json& json, const std::filesystem::path& file) {
  std::vector<PooledColumns> pooled;
  if (json.contains("views") && json_field<std::int64_t>(json, "views", file) > 1) {
    throw FileError(file, "the columns that pooling pools (training again writes them)",
                    "the number of views alone, as earlier versions wrote it");
  }
  for (const Json& columns : json_field_or<Json>(json, "pooled", Json::array(), file)) {
    pooled.push_back({.begin = json_field<std::int64_t>(columns, "begin", file),
                      .count = json_field<std::int64_t>(columns, "count", file),
                      .width = json_field<std::int64_t>(columns, "width", file),
                      .tokens = json_field<bool>(columns, "tokens", file)});
  }
  return pooled;
}

Json to_json(const HeadOptions& head) {
  return {{"kind", head_name(head.kind)},
          {"embedding_width", head.embedding_width},
          {"hidden_width", head.hidden_width},
          {"blocks", head.blocks},
          {"dropout", head.dropout},
          {"feature_noise", head.feature_noise},
          {"scaling", scaling_name(head.scaling)},
          {"shrinkage", head.shrinkage},
          {"pooling", pooling_name(head.pooling)},
          {"pooled", to_json(head.pooled)},
          {"queries", head.queries},
          {"bf16", head.bf16},
          {"view_widths", head.view_widths}};
}

HeadOptions head_options_from_json(const Json& json, const std::filesystem::path& file) {
  return {.kind = known("a head", head_named, json_field<std::string>(json, "kind", file), file),
          .embedding_width = json_field<std::int64_t>(json, "embedding_width", file),
          .hidden_width = json_field<std::int64_t>(json, "hidden_width", file),
          .blocks = json_field<std::int64_t>(json, "blocks", file),
          .dropout = json_field<double>(json, "dropout", file),
          .feature_noise = json_field<double>(json, "feature_noise", file),
          .scaling =
              known("a scaling", scaling_named, json_field_or<std::string>(json, "scaling", "standardise", file), file),
          .shrinkage = json_field_or(json, "shrinkage", HeadOptions().shrinkage, file),
          .pooling = known("a pooling", view_pooling_named,
                           json_field_or<std::string>(json, "pooling", "concatenate", file), file),
          .pooled = pooled_from_json(json, file),
          .queries = json_field_or<std::int64_t>(json, "queries", 1, file),
          .bf16 = json_field_or(json, "bf16", false, file),
          .view_widths = json_field_or(json, "view_widths", std::vector<std::int64_t>(), file)};
}

Json to_json(const LossOptions& loss) {
  return {{"kind", loss_name(loss.kind)},  {"label_smoothing", loss.label_smoothing},
          {"margin", loss.margin},         {"soft_weight", loss.soft_weight},
          {"soft_scale", loss.soft_scale}, {"bf16", loss.streaming.products == Products::kBFloat16}};
}

LossOptions loss_options_from_json(const Json& json, const std::filesystem::path& file) {
  StreamingOptions streaming;
  if (json_field_or(json, "bf16", false, file)) streaming.products = Products::kBFloat16;
  return {.kind = known("a loss", loss_named, json_field<std::string>(json, "kind", file), file),
          .label_smoothing = json_field<double>(json, "label_smoothing", file),
          .margin = json_field<double>(json, "margin", file),
          .soft_weight = json_field<double>(json, "soft_weight", file),
          .soft_scale = json_field<double>(json, "soft_scale", file),
          .streaming = streaming};
}

StructureOptions structure_options_from_json(const Json& json, const std::filesystem::path& file) {
  const StructureOptions off;
  return {.weight = json_field_or(json, "weight", off.weight, file),
          .levels = json_field_or(json, "levels", off.levels, file),
          .temperature = json_field_or(json, "temperature", off.temperature, file)};
}

}  // namespace

Json to_json(const TrainOptions& options) {
  return {{"image_head", to_json(options.image_head)},
          {"text_head", to_json(options.text_head)},
          {"epochs", options.epochs},
          {"batch_size", options.batch_size},
          {"chunk_size", options.chunk_size},
          {"optimizer", optimizer_name(options.optimizer)},
          {"learning_rate", options.learning_rate},
          {"weight_decay", options.weight_decay},
          {"schedule", schedule_name(options.schedule)},
          {"warm_up", options.warm_up},
          {"gradient_clip", options.gradient_clip},
          {"average_decay", options.average_decay},
          {"patience", options.patience},
          {"loss", to_json(options.loss)},
          {"initial_scale", options.initial_scale},
          {"largest_scale", options.largest_scale},
          {"learn_scale", options.learn_scale},
          {"initial_bias", options.initial_bias},
          {"mixup", options.mixup},
          {"structure",
           {{"weight", options.structure.weight},
            {"levels", options.structure.levels},
            {"temperature", options.structure.temperature}}},
          {"shuffled", options.shuffled},
          {"seed", options.seed}};
}

TrainOptions train_options_from_json(const Json& json, const std::filesystem::path& file) {
  const TrainOptions older;  // What runs of before an option were trained with.
  const auto number = [&](const char* name) { return json_field<double>(json, name, file); };
  const auto count = [&](const char* name) { return json_field<std::int64_t>(json, name, file); };
  return {.image_head = head_options_from_json(json_field<Json>(json, "image_head", file), file),
          .text_head = head_options_from_json(json_field<Json>(json, "text_head", file), file),
          .epochs = count("epochs"),
          .batch_size = count("batch_size"),
          .chunk_size = json_field_or(json, "chunk_size", older.chunk_size, file),
          .optimizer = known("an optimizer", optimizer_named,
                             json_field_or<std::string>(json, "optimizer", "adamw", file), file),
          .learning_rate = number("learning_rate"),
          .weight_decay = number("weight_decay"),
          .schedule =
              known("a schedule", schedule_named, json_field_or<std::string>(json, "schedule", "cosine", file), file),
          .warm_up = number("warm_up"),
          .gradient_clip = number("gradient_clip"),
          .average_decay = json_field_or(json, "average_decay", older.average_decay, file),
          .patience = json_field_or(json, "patience", older.patience, file),
          .loss = loss_options_from_json(json_field_or<Json>(json, "loss", to_json(LossOptions()), file), file),
          .initial_scale = number("initial_scale"),
          .largest_scale = number("largest_scale"),
          .learn_scale = json_field_or(json, "learn_scale", true, file),
          .initial_bias = json_field_or(json, "initial_bias", older.initial_bias, file),
          .mixup = json_field_or(json, "mixup", older.mixup, file),
          .structure = structure_options_from_json(json_field_or<Json>(json, "structure", Json::object(), file), file),
          .shuffled = json_field<bool>(json, "shuffled", file),
          .seed = json_field<std::uint64_t>(json, "seed", file)};
}

}  // namespace tandem
