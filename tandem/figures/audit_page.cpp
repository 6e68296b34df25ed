#include "tandem/figures/audit_page.h"

#include <c10/util/Exception.h>

#include <cmath>

#include "tandem/figures/page_template.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

class PageJson {
 public:
  explicit PageJson(const AuditPage& page) : page_(page) {}

  nlohmann::json json() const {
    nlohmann::json pictures = nlohmann::json::array();
    nlohmann::json sections = nlohmann::json::array();
    nlohmann::json twins = nlohmann::json::array();
    for (const PagePicture& picture : page_.pictures) {
      check_thumbnail("write_audit_page", picture.thumbnail_data_uri);
      pictures.push_back({{"id", picture.id}, {"src", picture.thumbnail_data_uri}});
    }
    for (const AuditSection& section : page_.sections) {
      nlohmann::json cards = nlohmann::json::array();
      for (const AuditCard& card : section.cards) cards.push_back(card_json(card));
      sections.push_back({{"id", section.id},
                          {"title", section.title},
                          {"explanation", section.explanation},
                          {"count", section.count},
                          {"cards", cards}});
    }
    for (const AuditTwins& twin : page_.twins) {
      TORCH_CHECK_VALUE(std::isfinite(twin.similarity), "write_audit_page: similarities must be finite, got ",
                        twin.similarity);
      twins.push_back({{"pictures", {place(twin.first), place(twin.second)}},
                       {"captions", {twin.first_caption, twin.second_caption}},
                       {"similarity", twin.similarity}});
    }
    return {{"method", page_.method},
            {"pictures", pictures},
            {"sections", sections},
            {"twins", twins},
            {"twinsExplanation", page_.twins_explanation},
            {"twinsCount", page_.twins_count}};
  }

 private:
  std::size_t place(std::size_t picture) const {
    TORCH_CHECK_VALUE(picture < page_.pictures.size(), "write_audit_page: pictures are 0 to ", page_.pictures.size(),
                      " exclusive, got ", picture);
    return picture;
  }

  nlohmann::json card_json(const AuditCard& card) const {
    for (const std::size_t other : card.other_pictures) place(other);
    return {{"picture", place(card.picture)}, {"caption", card.caption}, {"own", card.own_captions},
            {"numbers", card.numbers},        {"planted", card.planted}, {"captions", card.other_captions},
            {"pictures", card.other_pictures}};
  }

  const AuditPage& page_;
};

}  // namespace

void write_audit_page(const std::filesystem::path& out, const AuditPage& page) {
  const nlohmann::json data = PageJson(page).json();
  check_page_path(out);
  const std::string style = page_sources({"theme.css", "examples.css", "audit.css", "enlarge.css"});
  write_file(out, fill_page(page_source("audit.html"), {{"title", html_text(page.title)},
                                                        {"note", html_text(page.note)},
                                                        {"style", style},
                                                        {"data", script_json(data)},
                                                        {"script", page_sources({"enlarge.js", "audit.js"})}}));
}

}  // namespace tandem
