#include "apps/thumbnails.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/base/worker_batches.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/resample.h"

namespace tandem::apps {
namespace {

constexpr int kQuality = 72;

std::string thumbnail_uri(const PictureSource& picture, std::int64_t side) {
  const RgbImage image = read_picture(picture);
  const double factor = std::min(1.0, static_cast<double>(side) / static_cast<double>(std::max(image.height, image.width)));
  const auto scaled = [factor](std::int64_t size) { return std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(size) * factor + 0.5)); };
  const RgbImage small = resize(image, scaled(image.height), scaled(image.width), Filter::kLanczos);
  return "data:image/jpeg;base64," + base64(encode_jpeg(small, kQuality));
}

}  // namespace

std::vector<std::string> thumbnail_uris(const std::vector<PictureSource>& pictures, std::int64_t side, const Progress& progress) {
  std::vector<std::string> uris(pictures.size());
  const auto count = static_cast<std::int64_t>(pictures.size());
  std::int64_t done = 0;
  const auto work = [&](std::int64_t i) {
    try {
      uris[i] = thumbnail_uri(pictures[i], side);
    } catch (const FileError&) {
      uris[i].clear();  // It was readable when it was encoded; the page shows its caption without it.
    }
  };
  for_each_batch(count, 0, work, [&](std::int64_t) {
    if (progress) progress(++done, count);
  });
  return uris;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) { return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U; };
    const unsigned group = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (std::size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? kLetters[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace tandem::apps
