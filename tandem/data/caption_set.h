// Pictures, their captions and their split: what every reader of a data set returns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/images/picture_source.h"

namespace tandem {

/// The split that a picture, with all its captions, belongs to. kNone: the picture is listed but in
/// no split.
enum class Split { kTrain, kDev, kTest, kNone };

/// "train", "dev", "test", "none".
std::string_view split_name(Split split);

/// The split with that name ("val", "valid" and "validation" are dev); nothing for any other word.
std::optional<Split> split_named(std::string_view name);

struct CaptionedImage {
  std::string id;         ///< unique in the set and stable between runs: the picture's name under the data root
  PictureSource picture;  ///< where the picture's bytes are
  Split split = Split::kNone;
  std::vector<std::string> captions;  ///< each valid UTF-8 and not blank; at least one, except in a gallery
  std::string label = {};             ///< its class, if the data has classes
};

/// One kind of damage in a data set, and where it was found. The damaged entries are left out of
/// the set.
struct Defect {
  std::string what;                 ///< in the plural: "blank captions"
  std::vector<std::string> places;  ///< all of them: "line 12", "line 9 gone.jpg", "0001.tar: a.txt"
  std::string file = {};            ///< the file that all places are in; empty: the places name their files
  bool is_note = false;             ///< no damage, only worth knowing: files of other kinds beside the pictures

  std::int64_t count() const { return static_cast<std::int64_t>(places.size()); }

  /// The file and the first three places: "captions.csv: line 12, line 40, line 41 and 2 more".
  std::string names() const;

  /// "blank captions were left out: 5 (captions.csv: line 12, line 40, line 41 and 2 more)".
  std::string sentence() const;
};

struct CaptionSet {
  std::string name;                    ///< for titles and reports: "flickr8k", "csv", "openclipart"
  std::vector<CaptionedImage> images;  ///< in an order that depends only on the data
  std::vector<std::string> remarks;    ///< how the reader understood the data, one sentence each, for the user to see
  std::vector<Defect> defects = {};    ///< what the reader found damaged and left out
  std::string selection = {};  ///< how a part was chosen from a larger set ("limit 5000, seed 1"); empty: the whole set

  bool splits_made = false;  ///< by the reader, because the data had none; split_by_content then makes better ones

  std::int64_t caption_count() const;

  /// Whether the set holds pictures alone: something to search in, not to train or measure on.
  bool is_gallery() const { return !images.empty() && caption_count() == 0; }
};

/// Throws FileError naming `source` if the set is a gallery.
///
///   purpose  what needs captions: "to compare encoders"
void refuse_gallery(const CaptionSet& set, const std::filesystem::path& source, std::string_view purpose);

/// Checks the result of a reader; every reader calls it last.
/// Throws FileError naming `source` if the set has no image, an id twice, an image without a
/// caption, or a caption that is blank or not UTF-8.
void check_caption_set(const CaptionSet& set, const std::filesystem::path& source);

}  // namespace tandem
