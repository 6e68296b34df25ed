#include "tandem/training/train_options_json.h"

#include "tandem/base/errors.h"

namespace tandem {
namespace {

Json to_json(const HeadOptions& head) {
  return {{"kind", head.kind == HeadKind::kLinear ? "linear" : "mlp"},
          {"embedding_width", head.embedding_width},
          {"hidden_width", head.hidden_width},
          {"blocks", head.blocks},
          {"dropout", head.dropout},
          {"feature_noise", head.feature_noise}};
}

HeadOptions head_options_from_json(const Json& json, const std::filesystem::path& file) {
  const auto kind = json_field<std::string>(json, "kind", file);
  if (kind != "linear" && kind != "mlp") throw FileError(file, "a head of kind linear or mlp", "\"" + kind + "\"");
  return {.kind = kind == "linear" ? HeadKind::kLinear : HeadKind::kMlp,
          .embedding_width = json_field<std::int64_t>(json, "embedding_width", file),
          .hidden_width = json_field<std::int64_t>(json, "hidden_width", file),
          .blocks = json_field<std::int64_t>(json, "blocks", file),
          .dropout = json_field<double>(json, "dropout", file),
          .feature_noise = json_field<double>(json, "feature_noise", file)};
}

Json to_json(const LossOptions& loss) {
  return {{"kind", loss_name(loss.kind)},
          {"label_smoothing", loss.label_smoothing},
          {"margin", loss.margin},
          {"soft_weight", loss.soft_weight},
          {"soft_scale", loss.soft_scale}};
}

LossOptions loss_options_from_json(const Json& json, const std::filesystem::path& file) {
  const auto name = json_field<std::string>(json, "kind", file);
  const auto kind = loss_named(name);
  if (!kind) throw FileError(file, "a loss of a known kind", "\"" + name + "\"");
  return {.kind = *kind,
          .label_smoothing = json_field<double>(json, "label_smoothing", file),
          .margin = json_field<double>(json, "margin", file),
          .soft_weight = json_field<double>(json, "soft_weight", file),
          .soft_scale = json_field<double>(json, "soft_scale", file)};
}

}  // namespace

Json to_json(const TrainOptions& options) {
  return {{"image_head", to_json(options.image_head)}, {"text_head", to_json(options.text_head)},
          {"epochs", options.epochs},                  {"batch_size", options.batch_size},
          {"learning_rate", options.learning_rate},    {"weight_decay", options.weight_decay},
          {"warm_up", options.warm_up},                {"gradient_clip", options.gradient_clip},
          {"initial_scale", options.initial_scale},    {"largest_scale", options.largest_scale},
          {"learn_scale", options.learn_scale},        {"initial_bias", options.initial_bias},
          {"loss", to_json(options.loss)},
          {"shuffled", options.shuffled},              {"seed", options.seed}};
}

TrainOptions train_options_from_json(const Json& json, const std::filesystem::path& file) {
  return {.image_head = head_options_from_json(json_field<Json>(json, "image_head", file), file),
          .text_head = head_options_from_json(json_field<Json>(json, "text_head", file), file),
          .epochs = json_field<std::int64_t>(json, "epochs", file),
          .batch_size = json_field<std::int64_t>(json, "batch_size", file),
          .learning_rate = json_field<double>(json, "learning_rate", file),
          .weight_decay = json_field<double>(json, "weight_decay", file),
          .warm_up = json_field<double>(json, "warm_up", file),
          .gradient_clip = json_field<double>(json, "gradient_clip", file),
          .loss = loss_options_from_json(json_field_or<Json>(json, "loss", to_json(LossOptions()), file), file),
          .initial_scale = json_field<double>(json, "initial_scale", file),
          .largest_scale = json_field<double>(json, "largest_scale", file),
          .learn_scale = json_field_or<bool>(json, "learn_scale", true, file),
          .initial_bias = json_field_or<double>(json, "initial_bias", TrainOptions().initial_bias, file),
          .shuffled = json_field<bool>(json, "shuffled", file),
          .seed = json_field<std::uint64_t>(json, "seed", file)};
}

}  // namespace tandem
