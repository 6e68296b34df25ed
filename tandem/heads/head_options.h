// The options of a projection head.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tandem {

enum class HeadKind {
  kLinear,
  kMlp,
  kGlu  ///< layer norm of a gated linear unit
};

/// How features are scaled before any learned layer, with the statistics of the training features.
enum class FeatureScaling {
  kStandardise,  ///< each column to mean 0 and deviation 1
  kPca,          ///< decorrelated, largest principal component first, each with deviation 1
  kZca           ///< decorrelated and rotated back, so that columns stay as close as possible to the originals
};

/// How vectors that lie side by side in the features (an encoder's poolings and layers, or its
/// tokens) become one vector.
enum class ViewPooling {
  kConcatenate,  ///< they are concatenated
  kAttention,    ///< their mean, weighted by a softmax over each one's product with a learned query
  kGpo           ///< each column's values sorted over them, and averaged with learned weights, one per rank
};

/// Columns [begin, begin + count * width) of the features: `count` vectors, from which learned
/// pooling makes one.
struct PooledColumns {
  std::int64_t begin = 0;
  std::int64_t count = 0;
  std::int64_t width = 0;
  bool tokens = false;  ///< they share a mean and a deviation; all-zero vectors follow a caption's end and are ignored

  std::int64_t columns() const { return count * width; }
};

/// "linear", "mlp", "glu"; "standardise", "pca", "zca"; "concatenate", "attention", "gpo".
std::string_view head_name(HeadKind kind);
std::optional<HeadKind> head_named(std::string_view name);
std::string_view scaling_name(FeatureScaling scaling);
std::optional<FeatureScaling> scaling_named(std::string_view name);
std::string_view pooling_name(ViewPooling pooling);
std::optional<ViewPooling> view_pooling_named(std::string_view name);

struct HeadOptions {
  HeadKind kind = HeadKind::kMlp;
  std::int64_t embedding_width = 512;  ///< D, the width of the shared space
  std::int64_t hidden_width = 1024;    ///< width between the layers of MLP and GLU
  std::int64_t blocks = 0;             ///< residual blocks of the MLP; 0: only LayerNorm and GELU between two layers
  double dropout = 0.6;                ///< share of hidden values dropped during training; 0 turns it off
  double feature_noise =
      0.75;  ///< deviation of the noise on scaled features during training; tokens get it after pooling; 0: off
  FeatureScaling scaling = FeatureScaling::kStandardise;
  double shrinkage = 0.1;  ///< of pca and zca: share of the mean variance mixed into the covariance; 0: none
  ViewPooling pooling = ViewPooling::kConcatenate;
  std::vector<PooledColumns> pooled;  ///< what is pooled, in order; other columns are unchanged. Empty for kConcatenate
  std::int64_t queries = 1;           ///< of attention: the number of weighted means, which are concatenated
  bool bf16 = false;  ///< in training, factors of matrix products are rounded to bf16, sums are fp32; weights and
                      ///< embeddings without randomness stay fp32
  std::vector<std::int64_t> view_widths =
      {};  ///< columns of every view, in order: deviations are compared within a view. Empty: one view
};

/// Throws c10::ValueError naming the option that is out of range, or two options that exclude each
/// other.
void check_head_options(const HeadOptions& options);

}  // namespace tandem
