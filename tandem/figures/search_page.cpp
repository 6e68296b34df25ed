#include "tandem/figures/search_page.h"

#include <c10/util/Exception.h>

#include <cmath>

#include "tandem/figures/page_template.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

nlohmann::json hits_json(const SearchPageQuery& query, std::int64_t pictures) {
  nlohmann::json list = nlohmann::json::array();
  for (const SearchPageHit& hit : query.hits) {
    TORCH_CHECK_VALUE(std::isfinite(hit.similarity), "write_search_page: similarities must be finite, got ",
                      hit.similarity);
    TORCH_CHECK_VALUE(hit.picture >= 0 && hit.picture < pictures, "write_search_page: pictures are 0 to ", pictures - 1,
                      ", got ", hit.picture);
    list.push_back({{"picture", hit.picture}, {"similarity", hit.similarity}, {"captions", hit.captions}});
  }
  return list;
}

}  // namespace

void write_search_page(const std::filesystem::path& out, const SearchPage& page) {
  check_page_path(out);
  const auto pictures = static_cast<std::int64_t>(page.pictures.size());
  nlohmann::json data = {{"pictures", nlohmann::json::array()}, {"queries", nlohmann::json::array()}};
  for (const PagePicture& picture : page.pictures) {
    check_thumbnail("write_search_page", picture.thumbnail_data_uri);
    data["pictures"].push_back({{"id", picture.id}, {"src", picture.thumbnail_data_uri}});
  }
  for (const SearchPageQuery& query : page.queries) {
    TORCH_CHECK_VALUE(query.picture < pictures, "write_search_page: pictures are 0 to ", pictures - 1, ", got ",
                      query.picture);
    data["queries"].push_back({{"words", query.words},
                               {"picture", query.picture},
                               {"note", query.note},
                               {"findsCaptions", query.finds_captions},
                               {"hits", hits_json(query, pictures)}});
  }
  const std::string style = std::string(page_source("theme.css")) + std::string(page_source("search.css"));
  write_file(out, fill_page(page_source("search.html"), {{"title", html_text(page.title)},
                                                         {"note", html_text(page.note)},
                                                         {"style", style},
                                                         {"data", script_json(data)},
                                                         {"script", std::string(page_source("search.js"))}}));
}

}  // namespace tandem
