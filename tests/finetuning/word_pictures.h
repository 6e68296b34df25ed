// A small set of captioned pictures with an encoder worth training on.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <cstdint>
#include <string>
#include <vector>

#include "finetuning/tuned_encoders.h"
#include "tandem/features/encode_texts.h"
#include "tandem/finetuning/finetune.h"
#include "tandem/finetuning/open_tuned_side.h"
#include "tandem/retrieval/recall.h"

namespace tandem::tests {

/// Captions of a tiny vocabulary, of which a picture shows what they say: its features are counts
/// of words with noise. A random encoder's mean says so only in part, for its weights are wide.
struct WordPictures {
  std::vector<TextSource> sources;
  std::vector<std::string> captions;
  at::Tensor image, text;
  FinetunePairs pairs;
  at::Tensor dev_image_of_text;

  explicit WordPictures(std::int64_t train = 192, std::int64_t dev = 48, c10::Device device = c10::kCPU) {
    at::set_num_threads(1);
    const std::vector<std::string> words = {"a", "dog", "cat", "run", "red", "blue", "ball"};
    at::Generator chance = at::detail::createCPUGenerator(7);
    std::vector<at::Tensor> rows;
    for (std::int64_t i = 0; i < train + dev; ++i) {
      std::string caption;
      at::Tensor counts = at::zeros({static_cast<std::int64_t>(words.size())});
      for (int k = 0; k < 5; ++k) {
        const auto word =
            at::randint(static_cast<std::int64_t>(words.size()), {1}, chance, at::TensorOptions().dtype(at::kLong))
                .item<std::int64_t>();
        caption += (k ? " " : "") + words[word];
        counts[word] += 1;
      }
      captions.push_back(caption);
      rows.push_back(counts + 0.1 * at::randn(counts.sizes(), chance));
      if (i < train) pairs.image_of_train_text.push_back(i);
    }
    image = at::stack(rows);
    sources.push_back(open_text_source(tiny_encoder("distilbert"), parse_views("cls"), {Precision::kFloat32, device}));
    text = encode_texts(sources, captions, 1).detach().clone();
    pairs.train_images = train;
    pairs.dev_images = pairs.dev_texts = dev;
    dev_image_of_text = at::arange(dev, at::kLong);
  }

  TunedSide image_side() const { return {image, {}, {}}; }
  TunedSide text_side(const TuningOptions& tuning, const ChunkLimits& chunks = {.items = 40}) const {
    at::Generator chance = at::detail::createCPUGenerator(3);
    return open_tuned_texts(sources, captions, text, {.tuning = tuning, .chunks = chunks}, chance);
  }

  /// Heads that were trained on the frozen features.
  TrainedHeads heads() const {
    const auto part = [&](std::int64_t begin, std::int64_t count) {
      return PairedFeatures{.image = image.narrow(0, begin, count),
                            .text = text.narrow(0, begin, count),
                            .image_of_text = at::arange(count, at::kLong)};
    };
    const HeadOptions head = {.kind = HeadKind::kLinear, .embedding_width = 16, .feature_noise = 0.1};
    const PairedFeatures dev = part(pairs.train_images, pairs.dev_images);
    const auto quality = [&](const ProjectionHead& i, const ProjectionHead& t) {
      return mean_recall(retrieval_ranks(embed_all(i, dev.image), embed_all(t, dev.text), dev.image_of_text));
    };
    return train_heads(
        part(0, pairs.train_images),
        {.image_head = head, .text_head = head, .epochs = 30, .batch_size = 96, .learning_rate = 1e-2, .seed = 3},
        quality);
  }

  EmbeddingQuality quality() const {
    return [this](const at::Tensor& i, const at::Tensor& t) {
      return mean_recall(retrieval_ranks(i, t, dev_image_of_text));
    };
  }
};

inline const FinetuneOptions kWordOptions = {
    .epochs = 4, .batch_size = 64, .learning_rate = 5e-3, .head_learning_rate = 2e-3, .seed = 5, .checkpoint_steps = 2};

}  // namespace tandem::tests
