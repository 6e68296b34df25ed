#include "tandem/reports/joint_projection_report.h"

#include <algorithm>

#include "tandem/base/number_text.h"

namespace tandem {
namespace {

Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(nullptr); }

std::string perplexity_words(double used, double asked) {
  if (used >= asked) return "perplexity " + decimal(used, 0);
  return "perplexity " + decimal(used, 1) + " (so few points allow no more)";
}

bool has_captions(const JointProjection& map) { return map.points.size(0) > map.images; }

std::string of_sides(const JointProjection& map) { return has_captions(map) ? " of both sides" : " of pictures"; }

std::string tsne_words(const JointProjection& map, const JointProjectionOptions& options) {
  if (!map.kl) return "placed on a saved t-SNE map";
  return "t-SNE" + of_sides(map) + ", " + perplexity_words(map.perplexity.value_or(0), options.tsne.perplexity) +
         ", seed " + std::to_string(options.tsne.seed) + ", KL " + decimal(*map.kl, 2);
}

std::string pca_words(const JointProjection& map) {
  if (!map.variance_shown) return "along the components of a saved PCA map";
  return "PCA" + of_sides(map) + ", " + decimal(100 * *map.variance_shown, 1) + "% of the variance shown";
}

}  // namespace

std::string method_words(const JointProjection& map, const JointProjectionOptions& options) {
  std::string words = map.method == MapMethod::kPca ? pca_words(map) : tsne_words(map, options);
  if (has_captions(map)) words += "; modality gap " + decimal(map.modality_gap, 2);
  return map.gap_closed ? words + ", closed: each side centred on its own mean" : words;
}

std::string quality_words(const JointProjection& map) {
  const PairDistance& distance = map.pair_distance;
  std::string words;
  if (has_captions(map)) {
    words = "a caption lies " + decimal(distance.random > 0 ? distance.paired / distance.random : 0, 2) +
            " times as far from its own picture as from a random one";
  }
  if (map.quality) {
    words += (words.empty() ? "trustworthiness " : "; trustworthiness ") + decimal(map.quality->trustworthiness, 3) +
             ", continuity " + decimal(map.quality->continuity, 3) + ", " +
             decimal(100 * map.quality->neighbours_kept, 0) + "% of the " + std::to_string(map.quality->neighbours) +
             " nearest kept";
  }
  return words;
}

std::string short_map_words(const JointProjection& map, const JointProjectionOptions& options,
                            const std::string& split) {
  const bool is_placed = map.method == MapMethod::kPca ? !map.variance_shown : !map.kl;
  std::string method = map.method == MapMethod::kPca ? "PCA" : "t-SNE";
  if (is_placed) {
    method = "placed on a saved " + method + " map";
  } else if (map.method == MapMethod::kTsne) {
    method += ", " + perplexity_words(map.perplexity.value_or(0), options.tsne.perplexity);
  }
  const PairDistance& distance = map.pair_distance;
  std::string words = has_captions(map) ? "split " + split + "; " + method : method;
  if (has_captions(map)) {
    words += "; pairs " + decimal(distance.random > 0 ? distance.paired / distance.random : 0, 2) +
             " times as far apart as others";
  }
  if (map.quality) words += "; trustworthiness " + decimal(map.quality->trustworthiness, 3);
  return words;
}

Json map_json(const JointProjection& map, const JointProjectionOptions& options) {
  Json quality = nullptr;
  if (map.quality) {
    quality = {{"neighbours", map.quality->neighbours},
               {"rows_looked_at", map.quality->rows_looked_at},
               {"trustworthiness", map.quality->trustworthiness},
               {"continuity", map.quality->continuity},
               {"neighbours_kept", map.quality->neighbours_kept}};
  }
  const bool is_tsne = map.kl.has_value() && map.method == MapMethod::kTsne;
  return {
      {"method", map.method == MapMethod::kTsne ? "tsne" : "pca"},
      {"images", map.images},
      {"captions", map.points.size(0) - map.images},
      {"seed", is_tsne ? Json(options.tsne.seed) : Json(nullptr)},
      {"iterations", is_tsne ? Json(options.tsne.iterations) : Json(nullptr)},
      {"perplexity", or_null(map.perplexity)},
      {"kl", or_null(map.kl)},
      {"variance_shown", or_null(map.variance_shown)},
      {"modality_gap", has_captions(map) ? Json(map.modality_gap) : Json()},
      {"gap_closed", map.gap_closed},
      {"pair_distance",
       has_captions(map) ? Json{{"paired", map.pair_distance.paired}, {"random", map.pair_distance.random}} : Json()},
      {"quality", std::move(quality)}};
}

}  // namespace tandem
