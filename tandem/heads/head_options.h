// What a head is made of.
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

/// What is done to features before anything is learned, from the training features' statistics.
enum class FeatureScaling {
  kStandardise,  ///< each column to mean 0 and deviation 1
  kPca,          ///< decorrelated, largest principal component first, each of deviation 1
  kZca           ///< decorrelated and turned back, so that columns stay as near to what they were as can be
};

/// How vectors that lie side by side in the features (an encoder's poolings and layers, or its
/// tokens) become one.
enum class ViewPooling {
  kConcatenate,  ///< they stay side by side
  kAttention,    ///< a mean weighted by a softmax over each one's product with a learned query
  kGpo           ///< each column's values sorted over them, and a mean with learned weights, one a rank
};

/// Columns [begin, begin + count * width) of the features: `count` vectors, of which learned
/// pooling makes one.
struct PooledColumns {
  std::int64_t begin = 0;
  std::int64_t count = 0;
  std::int64_t width = 0;
  bool tokens = false;  ///< they share a mean and a deviation, and those that are all zeros are none: a caption's end

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
  std::int64_t blocks = 0;             ///< residual blocks of the MLP; 0 leaves LayerNorm and GELU between two layers
  double dropout = 0.6;                ///< share of hidden values dropped while training; 0 turns it off
  double feature_noise =
      0.75;  ///< deviation of the noise added to scaled features while training, to tokens once they are pooled; 0: off
  FeatureScaling scaling = FeatureScaling::kStandardise;
  double shrinkage = 0.1;  ///< of pca and zca: share of the mean variance mixed into the covariance; 0: none
  ViewPooling pooling = ViewPooling::kConcatenate;
  std::vector<PooledColumns>
      pooled;                ///< what is pooled, in order; all other columns stay as they are. Empty with kConcatenate
  std::int64_t queries = 1;  ///< of attention: so many weighted means lie side by side
  bool bf16 = false;  ///< while training, the factors of matrix products are rounded to bf16, sums are fp32; weights
                      ///< and embeddings without chance stay fp32
  std::vector<std::int64_t> view_widths =
      {};  ///< columns of every view, in order: a column is small or large beside its view's. Empty: all are one view
};

/// Throws c10::ValueError naming the option that is out of range, or two that do not go together.
void check_head_options(const HeadOptions& options);

}  // namespace tandem
