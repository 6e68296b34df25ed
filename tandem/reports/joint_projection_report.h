// How a joint map was made and how good it is, as text and as JSON.
#pragma once

#include <string>

#include "tandem/maps/joint_projection.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// How the map was made: "t-SNE of both sides, perplexity 30, seed 0, KL 1.47; each side centred,
/// ..."
std::string method_words(const JointProjection& map, const JointProjectionOptions& options);

/// How good the map is: "a caption lies 0.31 times as far from its own picture as from a random
/// one; trustworthiness 0.95, ..."
std::string quality_words(const JointProjection& map);

/// Both in a line or two, for below a still figure: "split test; t-SNE, perplexity 30; pairs 0.31
/// times as far apart as others; trustworthiness 0.953".
std::string short_map_words(const JointProjection& map, const JointProjectionOptions& options,
                            const std::string& split);

/// The numbers of both texts. A number that was not measured is null.
Json map_json(const JointProjection& map, const JointProjectionOptions& options);

}  // namespace tandem
