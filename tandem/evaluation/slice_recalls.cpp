#include "tandem/evaluation/slice_recalls.h"

#include <array>
#include <numeric>

#include "tandem/evaluation/kept_survey.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Rows = std::vector<std::int64_t>;

/// Mean luma (ITU-R BT.601) of the thumbnail, which is the picture's means over 12 x 12 boxes.
double brightness_of(const Thumbnail& thumbnail) {
  constexpr std::array<double, 3> kLuma = {0.299, 0.587, 0.114};
  double sum = 0;
  for (std::size_t i = 0; i < thumbnail.size(); ++i) sum += kLuma[i % 3] * thumbnail[i];
  const std::size_t pixels = thumbnail.size() / 3;
  return sum / static_cast<double>(pixels);
}

/// One entry per picture of the split.
std::vector<SurveyedPicture> survey_for(const EmbeddedSplit& embedded, SliceLooks reach, const Stages& stages,
                                        const Notice& notice) {
  const Rows& rows = embedded.pairs.image_in_store;
  if (reach == SliceLooks::kSplit) return survey_of_rows(embedded.store, rows, stages);
  const std::vector<SurveyedPicture> all = kept_survey(embedded.store, stages, notice);
  std::vector<SurveyedPicture> chosen;
  for (const std::int64_t row : rows) chosen.push_back(all[row]);
  return chosen;
}

std::vector<PictureLook> looks_of(const EmbeddedSplit& embedded, SliceLooks reach, std::vector<std::string>& left_out,
                                  const Stages& stages, const Notice& notice) {
  const FeatureManifest& manifest = embedded.store.manifest();
  const Rows& rows = embedded.pairs.image_in_store;
  if (manifest.pictures[rows.front()].file.empty()) {
    left_out.emplace_back("brightness and size: the features were imported without pictures");
    return {};
  }
  const std::vector<SurveyedPicture> survey = survey_for(embedded, reach, stages, notice);
  std::vector<PictureLook> looks;
  std::string reason;
  std::int64_t unreadable = 0;
  for (const SurveyedPicture& picture : survey) {
    looks.push_back({});
    if (picture.readable()) {
      looks.back() = {.brightness = brightness_of(picture.thumbnail), .width = picture.width, .height = picture.height};
    } else if (unreadable++ == 0) {
      reason = picture.unreadable;
    }
  }
  if (unreadable > 0)
    left_out.push_back("brightness and size of " + std::to_string(unreadable) +
                       " pictures that cannot be read: " + reason);
  return looks;
}

void add(SliceReport& report, const std::vector<Slice>& slices, const std::string& way,
         const std::vector<QueryPart>& parts, const Rows& ranks, const Rows& picture_of_query, std::int64_t pictures,
         const std::vector<std::int64_t>& ks, const BootstrapOptions& bootstrap) {
  if (slices.empty()) return;
  const std::vector<PartRecall> recalls = part_recalls(ranks, picture_of_query, pictures, parts, ks, bootstrap);
  for (std::size_t s = 0; s < slices.size(); ++s)
    report.slices.push_back({.slice = slices[s], .way = way, .recall = recalls[s]});
}

}  // namespace

SliceReport slice_recalls(const RetrievalInput& input, const RetrievalResult& result,
                          const std::vector<std::int64_t>& ks, const std::string& words,
                          const BootstrapOptions& bootstrap, const Stages& stages, const Notice& notice,
                          SliceLooks looks) {
  SliceReport report;
  const Rows& by_text = result.ranks.text_to_image;
  if (input.captions.empty()) {
    report.left_out.emplace_back("caption length and words: the captions are not known (--captions)");
  } else {
    std::vector<std::string> captions;
    for (const std::int64_t row : result.text_rows) captions.push_back(input.captions[row]);
    const std::vector<Slice> slices =
        caption_slices(captions, words.empty() ? default_word_lists() : parse_word_lists(read_file(words), words));
    std::vector<QueryPart> parts;
    for (const Slice& slice : slices) parts.push_back({slice.members});
    add(report, slices, "text_to_image", parts, by_text, result.image_of_query, result.images, ks, bootstrap);
  }
  if (!input.embedded) {
    report.left_out.emplace_back("brightness and size: there are embeddings alone");
    return report;
  }
  const std::vector<Slice> slices = picture_slices(looks_of(*input.embedded, looks, report.left_out, stages, notice));
  std::vector<QueryPart> pictures, captions;
  for (const Slice& slice : slices) {
    std::vector<bool> inside(result.images, false);
    for (const std::int64_t i : slice.members) inside[i] = true;
    pictures.push_back({slice.members});
    captions.emplace_back();
    for (std::int64_t q = 0; q < result.captions; ++q) {
      if (inside[result.image_of_query[q]]) captions.back().queries.push_back(q);
    }
  }
  Rows itself(result.images);
  std::iota(itself.begin(), itself.end(), 0);
  add(report, slices, "image_to_text", pictures, result.ranks.image_to_text, itself, result.images, ks, bootstrap);
  add(report, slices, "text_to_image", captions, by_text, result.image_of_query, result.images, ks, bootstrap);
  return report;
}

}  // namespace tandem
