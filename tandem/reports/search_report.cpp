#include "tandem/reports/search_report.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/figures/search_page.h"
#include "tandem/reports/thumbnails.h"

namespace tandem {
namespace {

std::string query_text(const SearchQuery& query) { return query.words + query.picture.string() + query.id; }

std::string correction_text(const SearchAnswer& answer) {
  return answer.correction ? std::string(correction_name(*answer.correction)) : "none";
}

/// The longer side of a picture on the page, so that the page stays below about 30 MB.
std::int64_t page_picture_side(std::size_t pictures) {
  if (pictures <= 100) return 800;
  return pictures <= 400 ? 480 : 256;
}

/// The pictures of the page, each once.
class PagePictures {
 public:
  std::int64_t place_of(const std::string& name, const PictureSource& picture) {
    const auto [place, is_new] = places_.try_emplace(source_name(picture) + '\n' + name, names_.size());
    if (is_new) {
      names_.push_back(name);
      sources_.push_back(picture);
    }
    return static_cast<std::int64_t>(place->second);
  }

  std::vector<PagePicture> with_thumbnails(const Progress& progress) const {
    const std::vector<std::string> thumbnails = thumbnail_uris(sources_, page_picture_side(sources_.size()), progress);
    std::vector<PagePicture> pictures;
    for (std::size_t i = 0; i < names_.size(); ++i)
      pictures.push_back({.id = names_[i], .thumbnail_data_uri = thumbnails[i]});
    return pictures;
  }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<std::string> names_;
  std::vector<PictureSource> sources_;
};

/// The picture that was asked with, or -1 for words.
std::int64_t query_picture(const SearchQuery& query, const FeatureManifest& list, PagePictures& pictures) {
  if (!query.picture.empty()) return pictures.place_of(query.picture.filename().string(), {.file = query.picture});
  const auto found = std::find(list.image_ids.begin(), list.image_ids.end(), query.id);
  if (query.id.empty() || found == list.image_ids.end()) return -1;
  return pictures.place_of(query.id, list.pictures[found - list.image_ids.begin()]);
}

SearchPageQuery page_query(const AnsweredQuery& answered, const FeatureManifest& list, PagePictures& pictures) {
  const SearchQuery& query = answered.query;
  const bool captions = query.kind() == SearchKind::kCaptions;
  SearchPageQuery shown{.words = query.picture.empty() ? query.words + query.id : query.picture.filename().string(),
                        .picture = query_picture(query, list, pictures),
                        .note = std::string(captions ? "Captions" : "Pictures") + ", the nearest first",
                        .finds_captions = captions,
                        .hits = {}};
  if (answered.answer.correction)
    shown.note += ", in the order corrected for hubs by " + correction_text(answered.answer);
  shown.note += ".";
  for (const SearchHit& hit : answered.answer.hits) {
    shown.hits.push_back(
        {.picture = pictures.place_of(list.image_ids[hit.image], list.pictures[hit.image]),
         .similarity = hit.similarity,
         .captions = hit.caption >= 0 ? std::vector{list.captions[hit.caption]} : captions_of(list, hit.image)});
  }
  return shown;
}

}  // namespace

void print_answer(const AnsweredQuery& answered, const Gallery& gallery, std::ostream& out) {
  const FeatureManifest& list = gallery.list;
  for (std::size_t i = 0; i < answered.answer.hits.size(); ++i) {
    const SearchHit& hit = answered.answer.hits[i];
    out << right_aligned(std::to_string(i + 1), 3) << "  " << decimal(hit.similarity, 3) << "  ";
    if (hit.caption >= 0) {
      out << printable(list.captions[hit.caption], kLongestShownCaption) << "  ("
          << printable(list.image_ids[hit.image]) << ")\n";
      continue;
    }
    out << printable(picture_name(list, hit.image), kLongestShownCaption) << "\n";
    const std::vector<std::string> captions = captions_of(list, hit.image);
    if (!captions.empty()) out << std::string(12, ' ') << printable(captions.front(), kLongestShownCaption) << "\n";
  }
  if (answered.answer.correction)
    out << "In the order of the similarities corrected for hubs by " << correction_text(answered.answer)
        << "; --correction none shows the plain one.\n";
}

Json answer_json(const AnsweredQuery& answered, const Gallery& gallery) {
  const FeatureManifest& list = gallery.list;
  Json results = Json::array();
  for (std::size_t i = 0; i < answered.answer.hits.size(); ++i) {
    const SearchHit& hit = answered.answer.hits[i];
    const PictureSource& picture = list.pictures[hit.image];
    Json entry = {{"rank", i + 1},
                  {"similarity", hit.similarity},
                  {"id", list.image_ids[hit.image]},
                  {"file", picture.file.empty() ? Json() : Json(source_name(picture))}};
    if (hit.caption >= 0) {
      entry["caption"] = list.captions[hit.caption];
    } else {
      entry["captions"] = captions_of(list, hit.image);
    }
    results.push_back(std::move(entry));
  }
  return {{"query", query_text(answered.query)},
          {"correction", correction_text(answered.answer)},
          {"results", std::move(results)}};
}

std::int64_t write_search_report(const std::filesystem::path& out, const std::vector<AnsweredQuery>& answered,
                                 const Gallery& gallery, const std::string& place, const Stages& stages) {
  PagePictures pictures;
  SearchPage page{.title = answered.size() == 1
                               ? "Search: " + printable(query_text(answered.front().query), 80)
                               : with_thousands(static_cast<std::int64_t>(answered.size())) + " searches",
                  .note = "In " + place + ".",
                  .pictures = {},
                  .queries = {}};
  for (const AnsweredQuery& one : answered) page.queries.push_back(page_query(one, gallery.list, pictures));
  page.pictures = pictures.with_thumbnails(begin_stage(stages, "making thumbnails", "pictures"));
  write_search_page(out, page);
  return std::count_if(page.pictures.begin(), page.pictures.end(),
                       [](const PagePicture& picture) { return picture.thumbnail_data_uri.empty(); });
}

}  // namespace tandem
