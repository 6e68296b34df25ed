#include "tandem/figures/examples_page.h"

#include <c10/util/Exception.h>

#include <cmath>
#include <map>
#include <utility>

#include "tandem/figures/page_template.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

void check_similarity(double similarity) {
  TORCH_CHECK_VALUE(std::isfinite(similarity), "write_examples_page: similarities must be finite, got ", similarity);
}

/// A picture that several examples show is embedded once.
class PictureList {
 public:
  std::size_t place_of(const PagePicture& picture) {
    check_thumbnail("write_examples_page", picture.thumbnail_data_uri);
    const auto [place, is_new] = places_.try_emplace({picture.id, picture.thumbnail_data_uri}, places_.size());
    if (is_new) json_.push_back({{"id", picture.id}, {"src", picture.thumbnail_data_uri}});
    return place->second;
  }
  const nlohmann::json& json() const { return json_; }

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> places_;
  nlohmann::json json_ = nlohmann::json::array();
};

nlohmann::json captions_json(const std::vector<RankedCaption>& captions) {
  nlohmann::json list = nlohmann::json::array();
  for (const RankedCaption& caption : captions) {
    check_similarity(caption.similarity);
    list.push_back({{"text", caption.text}, {"similarity", caption.similarity}, {"rank", caption.rank}});
  }
  return list;
}

nlohmann::json examples_json(const std::vector<Example>& examples, PictureList& pictures) {
  nlohmann::json list = nlohmann::json::array();
  for (const Example& example : examples) {
    TORCH_CHECK_VALUE(!example.own_captions.empty(), "write_examples_page: picture ", example.picture.id,
                      " must have an own caption, got none");
    nlohmann::json preferred = nlohmann::json::array();
    for (const RankedPicture& other : example.preferred_pictures) {
      check_similarity(other.similarity);
      preferred.push_back(
          {{"picture", pictures.place_of(other.picture)}, {"similarity", other.similarity}, {"rank", other.rank}});
    }
    list.push_back({{"picture", pictures.place_of(example.picture)},
                    {"own", captions_json(example.own_captions)},
                    {"captions", captions_json(example.preferred_captions)},
                    {"pictureRank", example.picture_rank},
                    {"pictures", preferred}});
  }
  return list;
}

}  // namespace

void write_examples_page(const std::filesystem::path& out, const std::string& title, const std::string& note,
                         const std::vector<RankShare>& shares, const std::vector<ExampleSection>& sections) {
  PictureList pictures;
  nlohmann::json data = {{"shares", nlohmann::json::array()}, {"sections", nlohmann::json::array()}};
  for (const RankShare& share : shares) data["shares"].push_back({{"name", share.name}, {"count", share.count}});
  for (const ExampleSection& section : sections) {
    data["sections"].push_back(
        {{"name", section.name}, {"what", section.what}, {"examples", examples_json(section.examples, pictures)}});
  }
  data["pictures"] = pictures.json();
  check_page_path(out);
  const std::string style = page_sources({"theme.css", "examples.css", "enlarge.css"});
  write_file(out, fill_page(page_source("examples.html"), {{"title", html_text(title)},
                                                           {"note", html_text(note)},
                                                           {"style", style},
                                                           {"data", script_json(data)},
                                                           {"script", page_sources({"enlarge.js", "examples.js"})}}));
}

}  // namespace tandem
