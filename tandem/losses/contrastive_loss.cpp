#include "tandem/losses/contrastive_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <c10/util/Exception.h>

#include <array>
#include <utility>

#include "tandem/losses/dcl.h"
#include "tandem/losses/hinge.h"
#include "tandem/losses/info_nce.h"
#include "tandem/losses/multi_positive_info_nce.h"
#include "tandem/losses/nt_xent.h"
#include "tandem/losses/siglip.h"
#include "tandem/losses/soft_target.h"
#include "tandem/losses/streaming_losses.h"

namespace tandem {
namespace {

constexpr std::array<std::pair<LossKind, const char*>, 8> kNames = {{{LossKind::kInfoNce, "info-nce"},
                                                                     {LossKind::kNtXent, "nt-xent"},
                                                                     {LossKind::kMultiPositive, "multi-positive"},
                                                                     {LossKind::kSigLip, "siglip"},
                                                                     {LossKind::kHardestHinge, "hinge-max"},
                                                                     {LossKind::kSumHinge, "hinge-sum"},
                                                                     {LossKind::kDcl, "dcl"},
                                                                     {LossKind::kSoftTarget, "soft-target"}}};

at::Tensor unit_rows(const at::Tensor& features) {
  return features / at::linalg_vector_norm(features, 2, {1}, true).clamp_min(1e-12);
}

bool takes_tiles(const LossOptions& options, const PairBatch& batch) {
  if (!has_tiles(options.kind)) return false;
  if (options.streaming.products == Products::kBFloat16) return true;
  const auto type = batch.image.scalar_type();
  return batch.image.size(0) >= options.tiles_from && (type == at::kFloat || type == at::kDouble) &&
         batch.text.scalar_type() == type;
}

at::Tensor loss_in_tiles(const LossOptions& options, const PairBatch& batch, const LossExtras& extras) {
  switch (options.kind) {
    case LossKind::kInfoNce:
      return streaming_info_nce(batch, options.label_smoothing, options.streaming);
    case LossKind::kNtXent:
      return streaming_nt_xent(batch, options.streaming);
    case LossKind::kMultiPositive:
      return streaming_multi_positive_info_nce(batch, options.streaming);
    case LossKind::kSigLip:
      return streaming_siglip(batch, extras.bias, options.streaming);
    case LossKind::kDcl:
      return streaming_dcl(batch, options.streaming);
    default:
      TORCH_CHECK_VALUE(false, "contrastive_loss: ", loss_name(options.kind), " is not computed in tiles");
  }
}

}  // namespace

std::string_view loss_name(LossKind kind) {
  for (const auto& [one, name] : kNames) {
    if (one == kind) return name;
  }
  TORCH_CHECK_VALUE(false, "loss_name: not one of the losses, got ", static_cast<int>(kind));
}

std::optional<LossKind> loss_named(std::string_view name) {
  for (const auto& [kind, one] : kNames) {
    if (one == name) return kind;
  }
  return std::nullopt;
}

std::vector<std::string> loss_names() {
  std::vector<std::string> names;
  for (const auto& [kind, name] : kNames) names.emplace_back(name);
  return names;
}

bool has_tiles(LossKind kind) {
  return kind == LossKind::kInfoNce || kind == LossKind::kNtXent || kind == LossKind::kMultiPositive ||
         kind == LossKind::kSigLip || kind == LossKind::kDcl;
}

bool uses_scale(LossKind kind) { return kind != LossKind::kHardestHinge && kind != LossKind::kSumHinge; }

at::Tensor contrastive_loss(const LossOptions& options, const PairBatch& batch, const LossExtras& extras) {
  check_batch("contrastive_loss", batch);
  TORCH_CHECK_VALUE(options.streaming.products == Products::kFloat32 || has_tiles(options.kind),
                    "contrastive_loss: products in bf16 need a loss that is computed in tiles, got ",
                    loss_name(options.kind));
  if (takes_tiles(options, batch)) return loss_in_tiles(options, batch, extras);
  switch (options.kind) {
    case LossKind::kInfoNce:
      return info_nce(batch, options.label_smoothing);
    case LossKind::kNtXent:
      return nt_xent(batch);
    case LossKind::kMultiPositive:
      return multi_positive_info_nce(batch);
    case LossKind::kSigLip:
      return siglip(batch, extras.bias);
    case LossKind::kHardestHinge:
      return hinge(batch, options.margin, HingeOver::kHardestNegative);
    case LossKind::kSumHinge:
      return hinge(batch, options.margin, HingeOver::kAllNegatives);
    case LossKind::kDcl:
      return dcl(batch);
    case LossKind::kSoftTarget:
      return soft_target_info_nce(batch, {.image_features = unit_rows(extras.image_features),
                                          .text_features = unit_rows(extras.text_features),
                                          .scale = options.soft_scale,
                                          .weight = options.soft_weight});
  }
  TORCH_CHECK_VALUE(false, "contrastive_loss: kind is none of the losses, got ", static_cast<int>(options.kind));
}

}  // namespace tandem
