// Pictures, their captions and their split: what every reader of a data set returns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// Which side of the experiment a picture, with all its captions, is on. kNone: listed, but in no split.
enum class Split { kTrain, kDev, kTest, kNone };

/// "train", "dev", "test", "none".
std::string_view split_name(Split split);

/// The split of that name ("val" and "valid" are dev); nothing for any other word.
std::optional<Split> split_named(std::string_view name);

struct CaptionedImage {
  std::string id;  ///< unique in the set and stable between runs: the picture's name under the data root
  std::filesystem::path file;  ///< where the picture's bytes are
  Split split = Split::kNone;
  std::vector<std::string> captions;  ///< at least one, each valid UTF-8 and not blank
};

struct CaptionSet {
  std::string name;                    ///< for titles and reports: "flickr8k", "csv", "openclipart"
  std::vector<CaptionedImage> images;  ///< in an order that depends on the data alone
  std::vector<std::string>
      remarks;  ///< what the reader met and passed over, one sentence each, for the user to see

  std::int64_t caption_count() const;
};

/// What every reader ends with.
/// Throws FileError naming `source` if the set has no image, an id twice, an image without a caption, or
/// a caption that is blank or not UTF-8.
void check_caption_set(const CaptionSet& set, const std::filesystem::path& source);

}  // namespace tandem
