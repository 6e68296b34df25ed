#include "tandem/training/option_use.h"

namespace tandem {
namespace {

template <LossKind... kKinds>
bool by_loss(const TrainOptions& options, const HeadOptions& /*head*/) {
  return ((options.loss.kind == kKinds) || ...);
}

bool by_scaled_loss(const TrainOptions& options, const HeadOptions& /*head*/) { return uses_scale(options.loss.kind); }
bool by_hidden_layer(const TrainOptions& /*options*/, const HeadOptions& head) {
  return head.kind != HeadKind::kLinear;
}
bool by_mlp(const TrainOptions& /*options*/, const HeadOptions& head) { return head.kind == HeadKind::kMlp; }
bool by_whitening(const TrainOptions& /*options*/, const HeadOptions& head) {
  return head.scaling != FeatureScaling::kStandardise;
}
/// Features with tokens are pooled by attention where nothing else was chosen, and only they can
/// tell.
bool by_attention(const TrainOptions& /*options*/, const HeadOptions& head) {
  return head.pooling != ViewPooling::kGpo;
}
bool by_structure(const TrainOptions& options, const HeadOptions& /*head*/) { return options.structure.weight > 0; }

constexpr std::string_view kScaled = "another than hinge-max and hinge-sum";

/// "dropout" of "head.dropout", or of "image_head.dropout"; empty where the option is no head's.
std::string_view head_part(std::string_view option) {
  const std::size_t dot = option.find('.');
  return dot != std::string_view::npos && option.substr(0, dot).ends_with("head") ? option.substr(dot + 1)
                                                                                  : std::string_view();
}

bool is_used(const OptionUse& use, std::string_view option, const TrainOptions& options) {
  const bool image = !option.starts_with("text_head.");
  const bool text = !option.starts_with("image_head.");
  return (image && use.is_used(options, options.image_head)) || (text && use.is_used(options, options.text_head));
}

}  // namespace

const std::vector<OptionUse>& option_uses() {
  static const std::vector<OptionUse> uses = {
      {"loss.label_smoothing", "loss.kind", "info-nce", by_loss<LossKind::kInfoNce>},
      {"loss.margin", "loss.kind", "hinge-max or hinge-sum", by_loss<LossKind::kHardestHinge, LossKind::kSumHinge>},
      {"loss.soft_weight", "loss.kind", "soft-target", by_loss<LossKind::kSoftTarget>},
      {"loss.soft_scale", "loss.kind", "soft-target", by_loss<LossKind::kSoftTarget>},
      {"initial_bias", "loss.kind", "siglip", by_loss<LossKind::kSigLip>},
      {"initial_scale", "loss.kind", kScaled, by_scaled_loss},
      {"largest_scale", "loss.kind", kScaled, by_scaled_loss},
      {"learn_scale", "loss.kind", kScaled, by_scaled_loss},
      {"head.hidden_width", "head.kind", "mlp or glu", by_hidden_layer},
      {"head.dropout", "head.kind", "mlp or glu", by_hidden_layer},
      {"head.blocks", "head.kind", "mlp", by_mlp},
      {"head.shrinkage", "head.scaling", "pca or zca", by_whitening},
      {"head.queries", "head.pooling", "attention", by_attention},
      {"structure.levels", "structure.weight", "above 0", by_structure},
      {"structure.temperature", "structure.weight", "above 0", by_structure},
  };
  return uses;
}

const OptionUse* unused(std::string_view option, const TrainOptions& options) {
  const std::string_view part = head_part(option);
  for (const OptionUse& use : option_uses()) {
    const bool same = part.empty() ? use.option == option : head_part(use.option) == part;
    if (same && !is_used(use, option, options)) return &use;
  }
  return nullptr;
}

}  // namespace tandem
