// Towers small enough to follow by hand, and a folder of pictures to feed them.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tandem/data/caption_set.h"
#include "tandem/features/views.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

namespace tandem::tests {

/// Says of every pixel its three colours, [B, 4, 3] of a 2 x 2 preparation; a layer before, their
/// sum alone. Counts the pictures it has seen.
class PixelEncoder : public ImageEncoder {
 public:
  explicit PixelEncoder(std::chrono::milliseconds pause = {}) : pause_(pause) {}
  std::int64_t layers() const override { return 1; }
  std::int64_t width(std::int64_t layer) const override { return layer == 1 ? 3 : 1; }
  std::int64_t leading_tokens() const override { return 0; }
  bool takes_size(std::int64_t, std::int64_t) const override { return true; }
  std::string sizes_taken() const override { return "any size"; }

  static inline std::atomic<std::int64_t> seen = 0;

 protected:
  void run(const at::Tensor& pixels, LayerTap& tap) const override {
    std::this_thread::sleep_for(pause_);
    seen += pixels.size(0);
    const at::Tensor colours = pixels.flatten(2).transpose(1, 2).contiguous();
    if (tap.wants(0)) tap.keep(0, colours.sum(2, /*keepdim=*/true));
    if (tap.wants(1)) tap.keep(1, colours);
  }

 private:
  std::chrono::milliseconds pause_;
};

/// One token a byte, its id the byte.
class ByteTokenizer : public Tokenizer {
 public:
  std::vector<std::int64_t> encode(std::string_view text, std::int64_t max_tokens) const override {
    std::vector<std::int64_t> ids;
    for (const char c : text.substr(0, max_tokens)) ids.push_back(static_cast<unsigned char>(c));
    return ids;
  }
  std::int64_t pad_id() const override { return 0; }
  std::int64_t vocabulary_size() const override { return 256; }
};

/// Two layers: the id and its place; then twice that.
class ByteEncoder : public TextEncoder {
 public:
  std::vector<at::Tensor> hidden_states(const at::Tensor& ids, const at::Tensor&) const override {
    const at::Tensor place = at::zeros({ids.size(0), 1}, at::kFloat) + at::arange(ids.size(1), at::kFloat);
    const at::Tensor first = at::stack({ids.to(at::kFloat), place}, 2);
    return {first, first * 2};
  }
  std::int64_t layers() const override { return 1; }
  std::int64_t width() const override { return 2; }
  std::int64_t max_tokens() const override { return 1000; }
};

inline std::vector<ImageSource> pixel_source(const std::string& fingerprint = "pixels",
                                             std::chrono::milliseconds pause = {}) {
  std::vector<ImageSource> sources(1);
  sources[0].tower.encoder = std::make_unique<PixelEncoder>(pause);
  sources[0].tower.prep = {.resize = ResizeRule::kExact, .resize_height = 2, .resize_width = 2, .filter = Filter::kBox};
  sources[0].tower.model_type = "pixels";
  sources[0].tower.fingerprint = fingerprint;
  sources[0].tower.folder = "models/pixels";
  sources[0].views = parse_views("mean");
  return sources;
}

inline std::vector<TextSource> byte_source(const std::string& views = "mean,max@0") {
  std::vector<TextSource> sources(1);
  sources[0].tower.encoder = std::make_unique<ByteEncoder>();
  sources[0].tower.tokenizer = std::make_unique<ByteTokenizer>();
  sources[0].tower.max_tokens = sources[0].tower.encoder->max_tokens();
  sources[0].tower.model_type = "bytes";
  sources[0].tower.fingerprint = "bytes";
  sources[0].tower.folder = "models/bytes";
  sources[0].views = parse_views(views);
  return sources;
}

/// A picture of one colour.
inline std::string plain_jpeg(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  RgbImage image{.height = 16, .width = 16, .pixels = std::vector<std::uint8_t>(16 * 16 * 3)};
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    image.pixels[i] = red;
    image.pixels[i + 1] = green;
    image.pixels[i + 2] = blue;
  }
  return encode_jpeg(image, 95);
}

/// `count` grey pictures in `folder`, each a little lighter, with one to three captions, in the
/// splits by turns.
inline CaptionSet grey_pictures(const ScratchFolder& folder, int count) {
  CaptionSet data{.name = "greys", .images = {}, .remarks = {}};
  for (int i = 0; i < count; ++i) {
    const std::string name = "grey" + std::to_string(100 + i) + ".jpg";
    const auto level = static_cast<std::uint8_t>(255 * i / count);
    write_file(folder / name, plain_jpeg(level, level, level));
    CaptionedImage image{
        .id = name, .picture = {.file = folder / name}, .split = static_cast<Split>(i % 3), .captions = {}};
    for (int k = 0; k <= i % 3; ++k)
      image.captions.push_back(std::string(1 + (7 * i) % 11, static_cast<char>('a' + k)));
    data.images.push_back(std::move(image));
  }
  return data;
}

}  // namespace tandem::tests
