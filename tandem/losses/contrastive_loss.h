// All losses behind one function.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/losses/similarity_batch.h"
#include "tandem/losses/streaming_options.h"

namespace tandem {

enum class LossKind { kInfoNce, kNtXent, kMultiPositive, kSigLip, kHardestHinge, kSumHinge, kDcl, kSoftTarget };

struct LossOptions {
  LossKind kind = LossKind::kInfoNce;
  double label_smoothing = 0;  ///< of info-nce
  double margin = 0.2;         ///< of the hinges
  double soft_weight = 0.3;    ///< of soft-target: share of the target that comes from the frozen encoders
  double soft_scale = 20;      ///< of soft-target: factor on their cosine similarities

  /// Batches of at least this many pairs use the version of the loss in streaming_losses.h, if
  /// there is one: same value, less time and memory.
  std::int64_t tiles_from = 512;
  StreamingOptions streaming = {};  ///< if its products are bf16, every batch uses the streaming version
};

/// Additional inputs of some losses.
struct LossExtras {
  at::Tensor bias = {};            ///< siglip: []
  at::Tensor image_features = {};  ///< soft-target: [B, F], as the frozen encoder gave them
  at::Tensor text_features = {};   ///< soft-target: [B, G]
};

/// "info-nce", "nt-xent", "multi-positive", "siglip", "hinge-max", "hinge-sum", "dcl",
/// "soft-target".
std::string_view loss_name(LossKind kind);
std::optional<LossKind> loss_named(std::string_view name);
std::vector<std::string> loss_names();

/// Whether the loss also has a version in tiles (streaming_losses.h): siglip and all softmax losses
/// except soft-target.
bool has_tiles(LossKind kind);

/// Whether the loss depends on the logit scale.
bool uses_scale(LossKind kind);

/// The loss, a scalar. Differentiable in the batch's image and text, in log_scale if the loss uses
/// it, and in siglip's bias.
/// Throws c10::ValueError as the loss does, and if options.streaming asks for bf16 products in a
/// loss without tiles.
at::Tensor contrastive_loss(const LossOptions& options, const PairBatch& batch, const LossExtras& extras = {});

}  // namespace tandem
