// Where the bytes of a picture are: in a file of its own, or in a part of an archive that holds
// many.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tandem/images/image_file.h"
#include "tandem/images/rgb_image.h"

namespace tandem {

enum class PictureCoding {
  kByContent,  ///< a picture file's bytes; the format is recognised as in decode_image
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

/// The name that people see: "dog.jpg", "shards/0001.tar@1536+20331".
std::string source_name(const PictureSource& source);

/// "content" or "planes32", as written in JSON documents.
std::string_view coding_name(PictureCoding coding);

/// The source's bytes. Throws FileError if the file is missing, ends too early, or if the source
/// has more than `limit_bytes`.
std::string read_source_bytes(const PictureSource& source, std::int64_t limit_bytes = ImageLimits{}.max_file_bytes);

/// The picture in these bytes, decoded as decode_image does. May be called from several threads at
/// once. Throws FileError as decode_image does, and if kPlanes32 bytes have another length.
RgbImage decode_picture(const PictureSource& source, std::string_view bytes, const ImageLimits& limits = {});

/// read_source_bytes, then decode_picture. May be called from several threads at once. Throws
/// FileError as they do.
RgbImage read_picture(const PictureSource& source, const ImageLimits& limits = {});

}  // namespace tandem
