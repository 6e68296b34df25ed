// Trained heads and the last layers of their encoders, trained on together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/finetuning/tuned_side.h"
#include "tandem/heads/projection_head.h"
#include "tandem/losses/contrastive_loss.h"
#include "tandem/training/trainer.h"

namespace tandem {

struct FinetuneOptions {
  std::int64_t epochs = 3;           ///< passes over all pairs
  std::int64_t batch_size = 1024;    ///< pairs the loss compares with each other, whatever the chunks
  double learning_rate = 2e-4;       ///< AdamW's largest, of the encoders' layers
  double head_learning_rate = 2e-4;  ///< of heads, logit scale and bias; 0: they stay as they are
  double weight_decay = 0.01;        ///< on weight matrices; 0 turns it off
  double warm_up = 0.1;              ///< share of the steps over which the learning rates rise; 0 turns it off
  double gradient_clip = 1.0;        ///< largest norm of all gradients together; 0 turns it off
  LossOptions loss;
  double largest_scale = 100.0;  ///< the logit scale is clamped to [1, this]
  bool learn_scale = true;       ///< false: it stays as it begins
  double initial_bias = -10;     ///< of the loss siglip
  bool shuffled = false;         ///< the control: every picture gets another picture's captions
  std::uint64_t seed = 0;
  std::int64_t checkpoint_steps = 20;  ///< between checkpoints; one is written after every epoch too
};

/// The items of both sides: those of training first, those of dev behind them.
struct FinetunePairs {
  std::int64_t train_images = 0;
  std::vector<std::int64_t>
      image_of_train_text;  ///< items of pictures; caption item i is with picture item image_of_train_text[i]
  std::int64_t dev_images = 0;
  std::int64_t dev_texts = 0;
};

struct FinetuneStart {
  const ProjectionHead& image_head;
  const ProjectionHead& text_head;
  double logit_scale = 1;
};

struct Finetuned {
  ProjectionHead image_head;
  ProjectionHead text_head;
  double logit_scale = 0;
  std::int64_t best_epoch = 0;      ///< 0: no epoch was better on dev than the start
  std::vector<EpochReport> epochs;  ///< that of the start first
};

/// How good embeddings of the dev items are, [dev_images, D] and [dev_texts, D]; larger is better.
using EmbeddingQuality = std::function<double(const at::Tensor& image, const at::Tensor& text)>;

struct FinetuneHooks {
  EmbeddingQuality quality;  ///< needed
  std::function<void(const EpochReport&)> on_epoch = {};
  Progress progress = {};  ///< steps
  StopAsked stop = {};     ///< asked after every step; true: a checkpoint is written, and Stopped is thrown
  std::filesystem::path checkpoint = {};  ///< file to go on from, and to write; empty: none
  std::string plan = {};                  ///< whose checkpoint it is
};

/// Trains what the sides' encoders and the heads have to train, and leaves the sides with the
/// weights of the best epoch on dev, the start among the candidates. Heads, loss and optimiser are
/// where the sides' encoders are; the answer's heads are on the CPU. Of a checkpoint of the same
/// plan it goes on, to the same bits as without a stop. The same seed gives the same bits on the
/// same machine and number of threads; on a GPU as far as LibTorch's operators do.
///
/// Throws c10::ValueError if an option is out of range, there are fewer than two training pictures,
/// no layer is trained, or the loss or a gradient stops being finite; FileError as read_checkpoint.
Finetuned finetune(TunedSide& image, TunedSide& text, const FinetuneStart& start, const FinetunePairs& pairs,
                   const FinetuneOptions& options, const FinetuneHooks& hooks);

}  // namespace tandem
