// Baselines without training: each is fitted on train, its settings are chosen on dev, and it is
// applied to the requested split.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/closed_form/paired_axes.h"

namespace tandem {

/// The quality of embeddings of dev; larger is better. The caller supplies it, so that baselines do
/// not depend on retrieval.
using EmbeddingQuality = std::function<double(const at::Tensor& image, const at::Tensor& text)>;

struct Baseline {
  std::string name;  ///< "cca", "ridge-text-to-image", "ridge-image-to-text", "procrustes", "asif"
  std::vector<std::pair<std::string, double>> settings;  ///< the best on dev; the first of equal ones
  double dev_quality = 0;
  // Embeddings of the requested split. Similarity is the dot product. Those of ASIF are not of unit
  // length: pictures are columns of the identity, and captions hold their similarities to them.
  at::Tensor image;  ///< [N, D]
  at::Tensor text;   ///< [M, D]
};

/// Fits and applies every baseline; `asked` is the requested split. `progress` counts the settings
/// tried. Throws c10::ValueError as paired_axes does.
std::vector<Baseline> closed_form_baselines(const CaptionedRows& train, const CaptionedRows& dev,
                                            const CaptionedRows& asked, const EmbeddingQuality& quality,
                                            const Progress& progress = {});

}  // namespace tandem
