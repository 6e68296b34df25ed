#include "tandem/heads/head_options.h"

#include <c10/util/Exception.h>

#include <array>
#include <utility>

namespace tandem {
namespace {

constexpr std::array<std::pair<HeadKind, const char*>, 3> kHeads = {
    {{HeadKind::kLinear, "linear"}, {HeadKind::kMlp, "mlp"}, {HeadKind::kGlu, "glu"}}};
constexpr std::array<std::pair<FeatureScaling, const char*>, 3> kScalings = {
    {{FeatureScaling::kStandardise, "standardise"}, {FeatureScaling::kPca, "pca"}, {FeatureScaling::kZca, "zca"}}};
constexpr std::array<std::pair<ViewPooling, const char*>, 3> kPoolings = {
    {{ViewPooling::kConcatenate, "concatenate"}, {ViewPooling::kAttention, "attention"}, {ViewPooling::kGpo, "gpo"}}};

constexpr std::int64_t kMostColumns = std::int64_t{1} << 40;
constexpr std::int64_t kMostBlocks = 1000,
                       kMostQueries =
                           65536;  // A run's file may hold any number; tensors are listed before they are looked up.

template <typename Names, typename Kind>
std::string_view name_of(const Names& names, Kind kind) {
  for (const auto& [one, name] : names) {
    if (one == kind) return name;
  }
  TORCH_CHECK_VALUE(false, "HeadOptions: no such choice, got ", static_cast<int>(kind));
}

template <typename Names>
auto kind_of(const Names& names, std::string_view wanted) -> std::optional<decltype(names[0].first)> {
  for (const auto& [kind, name] : names) {
    if (name == wanted) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::string_view head_name(HeadKind kind) { return name_of(kHeads, kind); }
std::optional<HeadKind> head_named(std::string_view name) { return kind_of(kHeads, name); }
std::string_view scaling_name(FeatureScaling scaling) { return name_of(kScalings, scaling); }
std::optional<FeatureScaling> scaling_named(std::string_view name) { return kind_of(kScalings, name); }
std::string_view pooling_name(ViewPooling pooling) { return name_of(kPoolings, pooling); }
std::optional<ViewPooling> view_pooling_named(std::string_view name) { return kind_of(kPoolings, name); }

void check_head_options(const HeadOptions& options) {
  TORCH_CHECK_VALUE(options.embedding_width > 0 && options.hidden_width > 0 && options.blocks >= 0,
                    "ProjectionHead: widths must be positive and blocks not negative, got embedding_width ",
                    options.embedding_width, ", hidden_width ", options.hidden_width, ", blocks ", options.blocks);
  TORCH_CHECK_VALUE(options.kind == HeadKind::kMlp || options.blocks == 0,
                    "ProjectionHead: residual blocks are the mlp's, got ", options.blocks, " of a ",
                    head_name(options.kind));
  TORCH_CHECK_VALUE(options.dropout >= 0 && options.dropout < 1, "ProjectionHead: dropout must be in [0, 1), got ",
                    options.dropout);
  TORCH_CHECK_VALUE(options.feature_noise >= 0, "ProjectionHead: feature_noise must not be negative, got ",
                    options.feature_noise);
  TORCH_CHECK_VALUE(options.shrinkage >= 0 && options.shrinkage <= 1,
                    "ProjectionHead: shrinkage must be in [0, 1], got ", options.shrinkage);
  TORCH_CHECK_VALUE(options.blocks <= kMostBlocks, "ProjectionHead: blocks must be at most ", kMostBlocks, ", got ",
                    options.blocks);
  TORCH_CHECK_VALUE(options.queries > 0 && options.queries <= kMostQueries,
                    "ProjectionHead: queries must be from 1 to ", kMostQueries, ", got ", options.queries);
  TORCH_CHECK_VALUE((options.pooling == ViewPooling::kConcatenate) == options.pooled.empty(),
                    "ProjectionHead: ", pooling_name(options.pooling), " pools ",
                    options.pooled.empty() ? "some columns, got none" : "no columns, got some");
  std::int64_t end = 0;
  for (const PooledColumns& columns : options.pooled) {
    const bool some = columns.count > 0 && columns.width > 0 && columns.count <= kMostColumns / columns.width;
    TORCH_CHECK_VALUE(columns.begin >= end && columns.begin <= kMostColumns && some,
                      "ProjectionHead: pooled columns must be some, one behind the other, got ", columns.count,
                      " times ", columns.width, " from column ", columns.begin);
    end = columns.begin + columns.columns();
  }
  TORCH_CHECK_VALUE(options.pooling == ViewPooling::kConcatenate || options.scaling == FeatureScaling::kStandardise,
                    "ProjectionHead: pooling needs the views apart, and ", scaling_name(options.scaling),
                    " mixes them; standardise goes with it");
}

}  // namespace tandem
