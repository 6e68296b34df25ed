#include "tandem/closed_form/closed_form_baselines.h"

#include <ATen/ops/eye.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "tandem/closed_form/asif.h"
#include "tandem/closed_form/cca_settings.h"
#include "tandem/closed_form/procrustes.h"
#include "tandem/closed_form/ridge.h"

namespace tandem {
namespace {

constexpr std::array kRegularisations = {0.001, 0.01, 0.1, 1.0, 10.0};
constexpr std::array<std::int64_t, 6> kProcrustesWidths = {32, 64, 128, 256, 512, 1024};
constexpr std::array<std::int64_t, 6> kAsifNearest = {12, 25, 50, 100, 200, 400};
constexpr std::array kAsifPowers = {1.0, 2.0, 4.0, 8.0};
constexpr std::int64_t kOtherSettings =
    kRegularisations.size() * 2 + kProcrustesWidths.size() + kAsifNearest.size() * kAsifPowers.size();

/// A split along the train split's axes.
struct Turned {
  at::Tensor image, text;
};

using Settings = std::vector<std::pair<std::string, double>>;

/// Tries settings and remembers the best.
class Trying {
 public:
  Trying(const EmbeddingQuality& quality, const Progress& progress) : quality_(quality), progress_(progress) {}

  /// Whether these embeddings of dev are better than all since begin().
  bool better(const at::Tensor& image, const at::Tensor& text, Settings settings) {
    const double now = quality_(image, text);
    if (progress_) progress_(++tried_, CcaGrid().settings() + kOtherSettings);
    if (best_ && now <= best_->dev_quality) return false;
    best_ = Baseline{.name = name_, .settings = std::move(settings), .dev_quality = now};
    return true;
  }
  void begin(std::string name) {
    name_ = std::move(name);
    best_.reset();
  }
  Baseline best(at::Tensor image, at::Tensor text) const {
    Baseline done = *best_;
    done.image = std::move(image);
    done.text = std::move(text);
    return done;
  }

 private:
  const EmbeddingQuality& quality_;
  const Progress& progress_;
  std::string name_;
  std::optional<Baseline> best_;
  std::int64_t tried_ = 0;
};

/// The best of the linear maps that `each` passes to its argument one after the other.
Baseline best_linear(const std::string& name, const Turned& dev, const Turned& asked, Trying& trying,
                     const std::function<void(const std::function<void(const LinearMaps&, Settings)>&)>& each) {
  trying.begin(name);
  LinearMaps best;
  each([&](const LinearMaps& maps, Settings settings) {
    if (trying.better(mapped(dev.image, maps.image), mapped(dev.text, maps.text), std::move(settings))) best = maps;
  });
  return trying.best(mapped(asked.image, best.image), mapped(asked.text, best.text));
}

std::vector<Baseline> linear_baselines(const CaptionedRows& train, const CaptionedRows& dev_rows,
                                       const CaptionedRows& asked_rows, Trying& trying) {
  const PairedAxes pairs = paired_axes(train);
  const auto turn = [&](const CaptionedRows& rows) {
    return Turned{.image = on_axes(pairs.image, rows.image), .text = on_axes(pairs.text, rows.text)};
  };
  const Turned dev = turn(dev_rows);
  const Turned asked = turn(asked_rows);
  std::vector<Baseline> baselines;
  baselines.push_back(best_linear("cca", dev, asked, trying, [&](const auto& show) {
    each_cca(pairs, {}, [&](const LinearMaps& maps, double regularisation, double power) {
      show(maps, {{"regularisation", regularisation}, {"power", power}});
    });
  }));
  for (const RidgeWay way : {RidgeWay::kTextToImage, RidgeWay::kImageToText}) {
    baselines.push_back(best_linear(way == RidgeWay::kTextToImage ? "ridge-text-to-image" : "ridge-image-to-text", dev,
                                    asked, trying, [&](const auto& show) {
                                      for (const double regularisation : kRegularisations)
                                        show(ridge(pairs, way, regularisation), {{"regularisation", regularisation}});
                                    }));
  }
  baselines.push_back(best_linear("procrustes", dev, asked, trying, [&](const auto& show) {
    const std::int64_t widest = std::min(pairs.cross.size(0), pairs.cross.size(1));
    std::int64_t tried = 0;
    for (const std::int64_t width : kProcrustesWidths) {
      if (std::min(width, widest) == tried) continue;
      tried = std::min(width, widest);
      show(procrustes(pairs, tried), {{"width", static_cast<double>(tried)}});
    }
  }));
  return baselines;
}

struct NearestBoth {
  NearestAnchors image, text;
};

Baseline asif_baseline(const CaptionedRows& train, const CaptionedRows& dev_rows, const CaptionedRows& asked_rows,
                       Trying& trying) {
  const FeatureStatistics image = measure_features(train.image, {.view_widths = train.image_views});
  const FeatureStatistics text = measure_features(train.text, {.view_widths = train.text_views});
  const at::Tensor image_anchors = scaled(image, train.image);
  const at::Tensor text_anchors = scaled(text, train.text);
  const auto nearest = [&](const CaptionedRows& rows) {
    return NearestBoth{.image = nearest_anchors(scaled(image, rows.image), image_anchors, kAsifNearest.back()),
                       .text = nearest_anchors(scaled(text, rows.text), text_anchors, kAsifNearest.back())};
  };
  const auto similarities = [&](const NearestBoth& rows, const AsifOptions& options) {
    return asif_similarities(rows.image, rows.text, train.image_of_text, train.image.size(0), options);
  };
  trying.begin("asif");
  AsifOptions best;
  const NearestBoth dev = nearest(dev_rows);
  const at::Tensor dev_columns = at::eye(dev_rows.image.size(0));
  for (const std::int64_t k : kAsifNearest) {
    for (const double power : kAsifPowers) {
      const AsifOptions options = {.k = k, .power = power};
      if (trying.better(dev_columns, similarities(dev, options), {{"k", static_cast<double>(k)}, {"power", power}}))
        best = options;
    }
  }
  return trying.best(at::eye(asked_rows.image.size(0)), similarities(nearest(asked_rows), best));
}

}  // namespace

std::vector<Baseline> closed_form_baselines(const CaptionedRows& train, const CaptionedRows& dev,
                                            const CaptionedRows& asked, const EmbeddingQuality& quality,
                                            const Progress& progress) {
  const c10::InferenceMode no_gradients;
  Trying trying(quality, progress);
  std::vector<Baseline> baselines = linear_baselines(train, dev, asked, trying);
  baselines.push_back(asif_baseline(train, dev, asked, trying));
  return baselines;
}

}  // namespace tandem
