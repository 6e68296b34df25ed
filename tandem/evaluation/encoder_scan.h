// Compares views of image encoders with views of text encoders on a sample, before any training.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/data/caption_set.h"
#include "tandem/nn/precision.h"

namespace tandem {

/// The measure that the pairs are sorted by.
enum class ScanOrder { kCka, kMutualKnn };

struct ScanOptions {
  std::string split = "train";   ///< that the sample is drawn from: train, dev, test, none or all
  std::int64_t sample = 1000;    ///< number of pictures, at most
  std::int64_t neighbours = 10;  ///< k of mutual kNN
  ScanOrder order = ScanOrder::kCka;
  std::uint64_t seed = 0;  ///< of the sample
  Compute compute;         ///< of the encoders
  int threads = 0;         ///< number of threads that encode; 0: one per core
};

struct ScannedEncoder {
  std::string name;  ///< as the user named it
  std::filesystem::path folder;
};

struct CaptionSample {
  std::vector<PictureSource> pictures;
  std::vector<std::string> captions;  ///< the first caption of each picture
};

/// At most `options.sample` pictures of the split in random order, each with its first caption. The
/// same seed draws the same sample.
/// Throws c10::ValueError if `options.split` does not name a split.
CaptionSample draw_sample(const CaptionSet& data, const ScanOptions& options);

/// One view of an image encoder compared with one view of a text encoder.
struct ScannedPair {
  std::string image_encoder, image_view;
  std::string text_encoder, text_view;
  double cka = 0;             ///< linear CKA: 0 unrelated, 1 equal up to rotation and scale
  double knn = 0;             ///< mutual kNN: share of neighbours that both views have in common
  std::int64_t cka_rank = 0;  ///< 1 for the largest cka; equal values share the better rank
  std::int64_t knn_rank = 0;  ///< the same for knn
};

struct EncoderScan {
  std::int64_t pictures = 0;       ///< number of pictures that could be read
  std::vector<ScannedPair> pairs;  ///< every pair of views, the best by `ScanOptions::order` first
};

/// Encodes the sample with every encoder and compares every view of an image encoder with every
/// view of a text encoder. Pictures that cannot be read are removed from the sample. Two stages:
/// encoding pictures, encoding captions.
/// Throws FileError if an encoder cannot be opened; c10::ValueError unless more than
/// max(options.neighbours, 4) pictures are left.
EncoderScan scan_encoders(CaptionSample sample, const std::vector<ScannedEncoder>& image_encoders,
                          const std::vector<ScannedEncoder>& text_encoders, const ScanOptions& options,
                          const Stages& stages = {});

}  // namespace tandem
