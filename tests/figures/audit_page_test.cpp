#include "tandem/figures/audit_page.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <limits>

#include "page_data.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

AuditPage page() {
  const AuditCard card{.picture = 0,
                       .caption = kHostileCaption,
                       .own_captions = {"another", kHostileCaption},
                       .numbers = "chance 90%",
                       .planted = true,
                       .other_captions = {kHostileCaption},
                       .other_pictures = {1}};
  return {
      .title = "Audit <all>",
      .note = "2 & more",
      .method = {{"hub", kHostileCaption}},
      .pictures = {{"a.jpg", "data:image/jpeg;base64,AAAA"}, {"b<i>.jpg", ""}},
      .sections = {{.id = "wrong", .title = "Wrong", .explanation = "why", .count = 7, .cards = {card}}},
      .twins_explanation = "same",
      .twins_count = 1,
      .twins = {{.first = 0, .second = 1, .first_caption = kHostileCaption, .second_caption = "b", .similarity = 0.9}}};
}

}  // namespace

TEST_CASE("the audit page holds pairs and twins and no caption can end its script") {
  const ScratchFolder folder;
  write_audit_page(folder / "audit.html", page());
  const std::string text = read_file(folder / "audit.html");
  const nlohmann::json data = page_data(text);
  const nlohmann::json& section = data.at("sections")[0];
  CHECK(section.at("count") == 7);
  CHECK(section.at("cards")[0].at("caption") == kHostileCaption);
  CHECK(section.at("cards")[0].at("own")[1] == kHostileCaption);
  CHECK(section.at("cards")[0].at("captions")[0] == kHostileCaption);
  CHECK(section.at("cards")[0].at("planted") == true);
  CHECK(data.at("twins")[0].at("captions")[0] == kHostileCaption);
  CHECK(data.at("method")[0][1] == kHostileCaption);
  CHECK(text.find("</script><b>") == std::string::npos);
  CHECK(text.find("Audit &lt;all&gt;") != std::string::npos);
  CHECK(text.find("https://") == std::string::npos);
}

TEST_CASE("the audit page refuses pictures it does not have and numbers that are none") {
  const ScratchFolder folder;
  const auto refused_with = [&](const AuditPage& wrong, const char* words) {
    CHECK_THROWS_WITH_AS(write_audit_page(folder / "audit.html", wrong), doctest::Contains(words), c10::ValueError);
  };
  AuditPage wrong = page();
  wrong.sections[0].cards[0].other_pictures = {2};
  refused_with(wrong, "pictures are 0 to 2 exclusive, got 2");
  wrong = page();
  wrong.twins[0].similarity = std::numeric_limits<double>::quiet_NaN();
  refused_with(wrong, "similarities must be finite");
  wrong = page();
  wrong.pictures[0].thumbnail_data_uri = "https://example.org/a.jpg";
  refused_with(wrong, "data:image/ URI");
  CHECK_THROWS_AS(write_audit_page(folder / "audit.txt", page()), FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
