// Every choice of a training, with its default.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/heads/projection_head.h"
#include "tandem/losses/contrastive_loss.h"
#include "tandem/training/optimizer.h"
#include "tandem/training/schedule.h"
#include "tandem/training/structure_preservation.h"

namespace tandem {

struct TrainOptions {
  HeadOptions image_head;
  HeadOptions text_head;
  std::int64_t epochs = 12;        ///< passes over all pairs of picture and caption
  std::int64_t batch_size = 1024;  ///< pairs; more than there are: all of them
  std::int64_t chunk_size =
      4096;  ///< pairs a head embeds at once; larger batches cache gradients, and take no more memory for it
  OptimizerKind optimizer = OptimizerKind::kAdamW;
  double learning_rate = 2e-3;
  double weight_decay = 0.05;  ///< on weight matrices only; 0 turns it off
  ScheduleKind schedule = ScheduleKind::kCosine;
  double warm_up = 0.05;       ///< share of the steps over which the learning rate rises; 0 turns it off
  double gradient_clip = 1.0;  ///< largest norm of the heads' gradients together; 0 turns it off
  double average_decay =
      0;  ///< of the weights' moving average, which then is what is measured and kept; 0 turns it off
  std::int64_t patience = 0;  ///< epochs without a better one on dev after which training stops; 0 turns it off
  LossOptions loss;
  double initial_scale = 14.3;   ///< factor on cosine similarity to begin with, 1 / 0.07
  double largest_scale = 100.0;  ///< the learned factor is clamped to [1, this]
  bool learn_scale = true;       ///< false: it stays as it begins
  double initial_bias = -10;     ///< of the loss siglip, learned
  double mixup = 0;  ///< alpha of the Beta distribution that pairs are mixed by; 1 is a strong mixture, 0 turns it off
  StructureOptions structure;
  bool shuffled = false;  ///< the control: every picture gets another picture's captions
  std::uint64_t seed = 0;
  c10::Device device = c10::kCPU;  ///< where steps are computed. Another device draws the same chance and rounds
                                   ///< otherwise; what was trained is on the CPU
};

/// Throws c10::ValueError naming the option that is out of range.
void check_train_options(const TrainOptions& options);

}  // namespace tandem
