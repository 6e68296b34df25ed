#include "tandem/evaluation/encoder_scan.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <optional>
#include <random>

#include "tandem/analysis/cka.h"
#include "tandem/analysis/mutual_knn.h"
#include "tandem/data/split_choice.h"
#include "tandem/features/encode_images.h"
#include "tandem/features/encode_texts.h"

namespace tandem {
namespace {

/// One view of one encoder over the sample, as both measures need it.
struct Candidate {
  std::string encoder;
  std::string view;
  LinearGram gram;
  at::Tensor nearest;
};

/// Cuts features that lie side by side into one candidate per view.
template <typename Source>
void add_candidates(std::vector<Candidate>& candidates, const std::string& encoder, const Source& source,
                    const at::Tensor& features, std::int64_t neighbours) {
  std::int64_t column = 0;
  for (const View& view : source.views) {
    const std::int64_t width = view_width(source, view);
    const at::Tensor part = features.narrow(1, column, width).contiguous();
    candidates.push_back({.encoder = encoder,
                          .view = view_text(view),
                          .gram = LinearGram(part),
                          .nearest = nearest_others(part, neighbours)});
    column += width;
  }
}

std::vector<View> image_views(const ImageEncoder& encoder) {
  std::vector<View> views = {{.pooling = Pooling::kMax}};
  if (encoder.leading_tokens() > 0) views.push_back({.pooling = Pooling::kCls});
  for (std::int64_t back = 1; back <= encoder.layers(); ++back)
    views.push_back({.pooling = Pooling::kMean, .layer = -back});
  return views;
}

std::vector<View> text_views(const TextEncoder& encoder) {
  std::vector<View> views = {{.pooling = Pooling::kCls}, {.pooling = Pooling::kMax}};
  for (std::int64_t back = 1; back <= encoder.layers(); ++back)
    views.push_back({.pooling = Pooling::kMean, .layer = -back});
  return views;
}

/// Encodes the sample with every image encoder; captions of pictures that cannot be read leave the
/// sample.
std::vector<Candidate> image_candidates(CaptionSample& sample, const std::vector<ScannedEncoder>& encoders,
                                        const ScanOptions& options, const Progress& progress) {
  std::vector<Candidate> candidates;
  const std::int64_t too_few = std::max<std::int64_t>(options.neighbours, 4);
  for (const ScannedEncoder& encoder : encoders) {
    std::vector<ImageSource> sources;
    sources.push_back(open_image_source(encoder.folder, {{.pooling = Pooling::kMean}}, options.compute));
    sources[0].views = image_views(*sources[0].tower.encoder);
    const EncodedImages encoded = encode_images(sources, sample.pictures, options.threads, progress);
    if (!encoded.unreadable.empty()) {
      CaptionSample readable;
      for (const std::int64_t row : encoded.rows) {
        readable.pictures.push_back(sample.pictures[row]);
        readable.captions.push_back(sample.captions[row]);
      }
      sample = std::move(readable);
    }
    TORCH_CHECK_VALUE(encoded.features.size(0) > too_few, "tandem scan needs more than ", too_few,
                      " readable pictures of split ", options.split, ", got ", encoded.features.size(0));
    add_candidates(candidates, encoder.name, sources[0], encoded.features, options.neighbours);
  }
  return candidates;
}

std::vector<Candidate> text_candidates(const CaptionSample& sample, const std::vector<ScannedEncoder>& encoders,
                                       const ScanOptions& options, const Progress& progress) {
  std::vector<Candidate> candidates;
  for (const ScannedEncoder& encoder : encoders) {
    std::vector<TextSource> sources;
    sources.push_back(open_text_source(encoder.folder, {{.pooling = Pooling::kMean}}, options.compute));
    sources[0].views = text_views(*sources[0].tower.encoder);
    add_candidates(candidates, encoder.name, sources[0],
                   encode_texts(sources, sample.captions, options.threads, progress), options.neighbours);
  }
  return candidates;
}

void set_ranks(std::vector<ScannedPair>& pairs, double ScannedPair::*measure, std::int64_t ScannedPair::*rank) {
  for (ScannedPair& pair : pairs) {
    pair.*rank = 1 + std::count_if(pairs.begin(), pairs.end(),
                                   [&](const ScannedPair& other) { return other.*measure > pair.*measure; });
  }
}

std::vector<ScannedPair> rank_pairs(const std::vector<Candidate>& images, const std::vector<Candidate>& texts,
                                    ScanOrder order) {
  std::vector<ScannedPair> pairs;
  for (const Candidate& image : images) {
    for (const Candidate& text : texts) {
      pairs.push_back({.image_encoder = image.encoder,
                       .image_view = image.view,
                       .text_encoder = text.encoder,
                       .text_view = text.view,
                       .cka = image.gram.cka(text.gram),
                       .knn = mutual_knn(image.nearest, text.nearest)});
    }
  }
  set_ranks(pairs, &ScannedPair::cka, &ScannedPair::cka_rank);
  set_ranks(pairs, &ScannedPair::knn, &ScannedPair::knn_rank);
  const auto first = order == ScanOrder::kMutualKnn ? &ScannedPair::knn_rank : &ScannedPair::cka_rank;
  std::stable_sort(pairs.begin(), pairs.end(),
                   [&](const ScannedPair& a, const ScannedPair& b) { return a.*first < b.*first; });
  return pairs;
}

}  // namespace

CaptionSample draw_sample(const CaptionSet& data, const ScanOptions& options) {
  refuse_gallery(data, data.name, "to compare encoders");
  const std::optional<Split> split = split_choice(options.split);
  std::vector<const CaptionedImage*> pictures;
  for (const CaptionedImage& image : data.images) {
    if (!split || image.split == *split) pictures.push_back(&image);
  }
  std::mt19937_64 chance(options.seed);
  for (std::size_t i = pictures.size(); i > 1; --i) std::swap(pictures[i - 1], pictures[chance() % i]);
  pictures.resize(std::min<std::size_t>(pictures.size(), static_cast<std::size_t>(options.sample)));
  CaptionSample sample;
  for (const CaptionedImage* picture : pictures) {
    sample.pictures.push_back(picture->picture);
    sample.captions.push_back(picture->captions.front());
  }
  return sample;
}

EncoderScan scan_encoders(CaptionSample sample, const std::vector<ScannedEncoder>& image_encoders,
                          const std::vector<ScannedEncoder>& text_encoders, const ScanOptions& options,
                          const Stages& stages) {
  const std::vector<Candidate> images =
      image_candidates(sample, image_encoders, options, begin_stage(stages, "encoding pictures", "pictures"));
  const std::vector<Candidate> texts =
      text_candidates(sample, text_encoders, options, begin_stage(stages, "encoding captions", "captions"));
  return {.pictures = static_cast<std::int64_t>(sample.pictures.size()),
          .pairs = rank_pairs(images, texts, options.order)};
}

}  // namespace tandem
