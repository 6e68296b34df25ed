#include "tandem/figures/data_page.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "page_data.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

DataPage doctor_page() {
  const DataPagePicture picture{.picture = {"a.jpg", "data:image/jpeg;base64,AAAA"},
                                .split = "train",
                                .size = "4 x 3",
                                .caption = kHostileCaption};
  return {.title = "Data <set>",
          .note = "2 & more",
          .findings = {{.severity = "error", .what = "groups", .count = 2, .names = {kHostileCaption}}},
          .tables = {{.title = "Words", .bars = {{"dog", 3}}}},
          .groups = {{.title = "the same bytes", .leaks = true, .pictures = {picture, picture}}},
          .odd = {picture},
          .samples_note = "all <of> them",
          .samples = {picture}};
}

}  // namespace

TEST_CASE("the data page holds findings and groups and numbers and no caption can end its script") {
  const ScratchFolder folder;
  write_data_page(folder / "data.html", doctor_page());
  const std::string text = read_file(folder / "data.html");
  const nlohmann::json data = page_data(text);
  CHECK(data.at("findings")[0].at("names")[0] == kHostileCaption);
  CHECK(data.at("groups")[0].at("pictures").size() == 2);
  CHECK(data.at("groups")[0].at("leaks") == true);
  CHECK(data.at("odd")[0].at("caption") == kHostileCaption);
  CHECK(data.at("samples")[0].at("caption") == kHostileCaption);
  CHECK(data.at("samplesNote") == "all <of> them");
  CHECK(data.at("tables")[0].at("bars")[0][1] == 3);
  CHECK(text.find("</script><b>") == std::string::npos);
  CHECK(text.find("Data &lt;set&gt;") != std::string::npos);
  CHECK(text.find("https://") == std::string::npos);
}

TEST_CASE("the data page refuses pictures from elsewhere and other names than html") {
  const ScratchFolder folder;
  DataPage linked = doctor_page();
  linked.odd[0].picture.thumbnail_data_uri = "https://example.org/a.jpg";
  CHECK_THROWS_WITH_AS(write_data_page(folder / "data.html", linked), doctest::Contains("data:image/ URI"),
                       c10::ValueError);
  CHECK_THROWS_AS(write_data_page(folder / "data.txt", doctor_page()), FileError);
}
