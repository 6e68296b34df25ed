#include "tandem/evaluation/rank_file.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "tandem/base/errors.h"
#include "tandem/evaluation/answer_rule.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

constexpr const char* kRankFormat = "tandem ranks";
constexpr int kRankVersion = 2;  // 1 had no checksum
constexpr const char* kChecksumField = "checksum";
constexpr const char* kPrecisionField = "average_precision";
constexpr const char* kNdcgField = "ndcg_10";

std::string line_of(const Json& json) { return json_line(json) + "\n"; }

/// Of the first line's other fields and of the lines behind it.
std::string checksum_of_lines(Json first, std::string_view others) {
  first.erase(kChecksumField);
  return Checksum().add_field(line_of(first)).add_field(others).text();
}

Json parsed(std::string_view line, const std::string& place) {
  std::optional<Json> json = json_in(line);
  if (!json || !json->is_object()) throw FileError(place, "a JSON object", "something else");
  return *std::move(json);
}

/// `candidates` is how many there are to search, none of which can come after the last place.
std::int64_t rank_of(const Json& json, std::int64_t candidates, const std::string& place) {
  const auto rank = json_field<std::int64_t>(json, "rank", place);
  if (rank < 1 || rank > candidates)
    throw FileError(place, "ranks from 1 to " + std::to_string(candidates), std::to_string(rank));
  return rank;
}

double share_of(const Json& json, const char* name, const std::string& place) {
  const auto share = json_field<double>(json, name, place);
  if (!(share >= 0 && share <= 1))
    throw FileError(place, "an \"" + std::string(name) + "\" from 0 to 1", Json(share).dump());
  return share;
}

CaptionRank caption_of(const Json& json, const RankList& list, const std::string& place) {
  CaptionRank caption{.rank = rank_of(json, list.gallery_images, place),
                      .text = json_field_or<std::string>(json, "text", "", place)};
  if (list.right_answers == kPairsAreRight) return caption;
  caption.precision = share_of(json, kPrecisionField, place);
  caption.ndcg = share_of(json, kNdcgField, place);
  return caption;
}

/// `list` holds the first line's numbers.
PictureRanks picture_of(const Json& json, const RankList& list, const std::string& place) {
  PictureRanks picture{.id = json_field<std::string>(json, "image", place),
                       .rank = rank_of(json, list.gallery_captions, place),
                       .precision = share_of(json, kPrecisionField, place)};
  if (json.contains(kNdcgField)) picture.ndcg = share_of(json, kNdcgField, place);
  const Json captions = json_field<Json>(json, "captions", place);
  if (!captions.is_array() || captions.empty()) throw FileError(place, "a list of captions", json_type(captions));
  for (const Json& caption : captions) picture.captions.push_back(caption_of(caption, list, place));
  return picture;
}

void check_same(const RankList& ours, const RankList& other, const std::string& name) {
  const auto gallery = [](const RankList& list) {
    return "protocol " + list.protocol + ", right answers by " + list.right_answers + ", with " +
           std::to_string(list.gallery_images) + " pictures and " + std::to_string(list.gallery_captions) +
           " captions to search";
  };
  if (gallery(ours) != gallery(other)) throw FileError(name, gallery(ours) + ", to be compared with", gallery(other));
  if (ours.pictures.size() != other.pictures.size()) {
    throw FileError(name, std::to_string(ours.pictures.size()) + " pictures, to be compared with",
                    std::to_string(other.pictures.size()));
  }
}

/// Captions come in the same order; texts decide where both know them.
void check_captions(const PictureRanks& ours, const PictureRanks& other, const std::string& name) {
  const std::string whose = " of picture " + ours.id;
  if (ours.captions.size() != other.captions.size()) {
    throw FileError(name, std::to_string(ours.captions.size()) + " captions" + whose,
                    std::to_string(other.captions.size()));
  }
  for (std::size_t c = 0; c < ours.captions.size(); ++c) {
    const std::string &our_text = ours.captions[c].text, &other_text = other.captions[c].text;
    if (!our_text.empty() && !other_text.empty() && our_text != other_text) {
      throw FileError(name, "the caption \"" + our_text + "\"" + whose, "\"" + other_text + "\"");
    }
  }
}

}  // namespace

RankList rank_list(const RetrievalResult& result, const std::string& title, const std::string& protocol,
                   const std::vector<std::string>& ids, const std::vector<std::string>& captions) {
  RankList list{.title = title,
                .protocol = protocol,
                .right_answers = result.ranks.text_precision.empty() ? kPairsAreRight : kCaptionsAreRight,
                .galleries = result.galleries,
                .gallery_images = result.gallery_images,
                .gallery_captions = result.gallery_captions};
  const RetrievalRanks& ranks = result.ranks;
  for (std::int64_t i = 0; i < result.images; ++i) {
    list.pictures.push_back({.id = ids[i], .rank = ranks.image_to_text[i], .precision = ranks.image_precision[i]});
    if (!ranks.image_ndcg.empty()) list.pictures.back().ndcg = ranks.image_ndcg[i];
  }
  for (std::int64_t q = 0; q < result.captions; ++q) {
    CaptionRank caption{.rank = ranks.text_to_image[q], .text = captions.empty() ? "" : captions[result.text_rows[q]]};
    if (!ranks.text_precision.empty()) {
      caption.precision = ranks.text_precision[q];
      caption.ndcg = ranks.text_ndcg[q];
    }
    list.pictures[result.image_of_query[q]].captions.push_back(std::move(caption));
  }
  return list;
}

void write_rank_list(const std::filesystem::path& file, const RankList& list) {
  Json first = {{"format", kRankFormat},
                {"version", kRankVersion},
                {"title", list.title},
                {"protocol", list.protocol},
                {"right_answers", list.right_answers},
                {"galleries", list.galleries},
                {"gallery_images", list.gallery_images},
                {"gallery_captions", list.gallery_captions},
                {"pictures", list.pictures.size()}};
  std::string text;
  for (const PictureRanks& picture : list.pictures) {
    Json captions = Json::array();
    for (const CaptionRank& caption : picture.captions) {
      captions.push_back({{"rank", caption.rank}});
      if (!caption.text.empty()) captions.back()["text"] = caption.text;
      if (caption.precision) captions.back()[kPrecisionField] = *caption.precision;
      if (caption.ndcg) captions.back()[kNdcgField] = *caption.ndcg;
    }
    Json line = {
        {"image", picture.id}, {"rank", picture.rank}, {kPrecisionField, picture.precision}, {"captions", captions}};
    if (picture.ndcg) line[kNdcgField] = *picture.ndcg;
    text += line_of(line);
  }
  first[kChecksumField] = checksum_of_lines(first, text);
  write_file(file, line_of(first) + text);
}

RankList read_rank_list(const std::filesystem::path& file) {
  const MappedFile map(file);
  std::string_view text = map.bytes();
  RankList list;
  Json first;
  std::string_view others;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string place = file.string() + " line " + std::to_string(number);
    const Json json = parsed(text.substr(0, end), place);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (number > 1) {
      list.pictures.push_back(picture_of(json, list, place));
      continue;
    }
    first = json;
    others = text;
    const auto format = json_field_or<std::string>(json, "format", "none", place);
    const auto version = json_field_or<int>(json, "version", 0, place);
    if (format != kRankFormat || version != kRankVersion)
      throw FileError(place,
                      std::string("ranks that 'tandem eval --ranks' wrote, version ") + std::to_string(kRankVersion),
                      format + ", version " + std::to_string(version));
    list.title = json_field<std::string>(json, "title", place);
    list.protocol = json_field<std::string>(json, "protocol", place);
    list.right_answers = json_field_or<std::string>(json, "right_answers", kPairsAreRight, place);
    if (list.right_answers != kPairsAreRight && list.right_answers != kCaptionsAreRight)
      throw FileError(place, "\"right_answers\" pairs or captions", list.right_answers);
    list.galleries = json_field<std::int64_t>(json, "galleries", place);
    list.gallery_images = json_field<std::int64_t>(json, "gallery_images", place);
    list.gallery_captions = json_field<std::int64_t>(json, "gallery_captions", place);
  }
  const auto pictures = json_field<std::size_t>(first, "pictures", file);
  const auto found = list.pictures.size();
  if (pictures != found)
    throw FileError(file, std::to_string(pictures) + " pictures, as its first line says", std::to_string(found));
  const auto written = json_field<std::string>(first, kChecksumField, file);
  const auto computed = checksum_of_lines(first, others);
  if (written != computed)
    throw FileError(file, "lines with checksum " + written,
                    "checksum " + computed + ": the file was changed or damaged");
  if (list.pictures.empty() || list.galleries < 1 ||
      static_cast<std::int64_t>(list.pictures.size()) % list.galleries != 0) {
    throw FileError(file, "one line per picture, as many in each gallery", std::to_string(list.pictures.size()));
  }
  return list;
}

RetrievalResult matched(const RankList& ours, const RankList& other, const std::string& other_name) {
  check_same(ours, other, other_name);
  std::unordered_map<std::string, const PictureRanks*> of_id;
  for (const PictureRanks& picture : other.pictures) of_id[picture.id] = &picture;
  RetrievalResult result{.galleries = other.galleries, .images = static_cast<std::int64_t>(ours.pictures.size())};
  for (std::size_t i = 0; i < ours.pictures.size(); ++i) {
    const auto found = of_id.find(ours.pictures[i].id);
    if (found == of_id.end())
      throw FileError(other_name, "a picture " + ours.pictures[i].id + ", to be compared with", "none");
    const PictureRanks& picture = *found->second;
    if (ours.galleries > 1 && other.pictures[i].id != picture.id) {  // The order tells the galleries.
      throw FileError(other_name, "pictures in the same order, which tells the galleries",
                      other.pictures[i].id + " in place of " + picture.id);
    }
    check_captions(ours.pictures[i], picture, other_name);
    result.ranks.image_to_text.push_back(picture.rank);
    result.ranks.image_precision.push_back(picture.precision);
    if (picture.ndcg) result.ranks.image_ndcg.push_back(*picture.ndcg);
    for (const CaptionRank& caption : picture.captions) {
      result.ranks.text_to_image.push_back(caption.rank);
      if (caption.precision) result.ranks.text_precision.push_back(*caption.precision);
      if (caption.ndcg) result.ranks.text_ndcg.push_back(*caption.ndcg);
      result.image_of_query.push_back(static_cast<std::int64_t>(i));
    }
  }
  result.captions = static_cast<std::int64_t>(result.image_of_query.size());
  if (static_cast<std::int64_t>(result.ranks.image_ndcg.size()) != result.images) result.ranks.image_ndcg.clear();
  return result;
}

}  // namespace tandem
