// Where the bytes of a picture are: a file of its own, or a stretch of an archive that holds many.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tandem/images/image_file.h"
#include "tandem/images/rgb_image.h"

namespace tandem {

enum class PictureCoding {
  kByContent,  ///< a picture file's bytes, told apart as decode_image does
  kPlanes32,   ///< CIFAR's 3,072 bytes: 32 x 32 red, then green, then blue, rows from the top
};

struct PictureSource {
  std::filesystem::path file;
  std::int64_t offset = 0;
  std::int64_t bytes = kToTheEnd;
  PictureCoding coding = PictureCoding::kByContent;

  static constexpr std::int64_t kToTheEnd = -1;

  bool is_whole_file() const { return offset == 0 && bytes == kToTheEnd; }
  bool operator==(const PictureSource&) const = default;
};

/// For people: "dog.jpg", "shards/0001.tar@1536+20331".
std::string source_name(const PictureSource& source);

/// "content" or "planes32", as JSON documents have them.
std::string_view coding_name(PictureCoding coding);

/// The bytes alone. Throws FileError if the file is missing, ends before the stretch does, or they
/// are more than `limit_bytes`.
std::string read_source_bytes(const PictureSource& source, std::int64_t limit_bytes = ImageLimits{}.max_file_bytes);

/// What those bytes show, decoded as decode_image does. May be called from several threads at once.
/// Throws FileError as decode_image does, and if kPlanes32 has another length.
RgbImage decode_picture(const PictureSource& source, std::string_view bytes, const ImageLimits& limits = {});

/// Both in one. May be called from several threads at once.
/// Throws FileError as they do.
RgbImage read_picture(const PictureSource& source, const ImageLimits& limits = {});

}  // namespace tandem
