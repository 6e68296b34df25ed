#include "tandem/figures/search_page.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <limits>

#include "page_data.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::read_file;
using tandem::SearchPage;
using tandem::write_search_page;
using tandem::tests::kHostileCaption;
using tandem::tests::page_data;
using tandem::tests::ScratchFolder;

namespace {

SearchPage small_page() {
  return {.title = "Search: <b>",
          .note = "In <all>.",
          .pictures = {{"a.jpg", "data:image/png;base64,a"}, {kHostileCaption, ""}},
          .queries = {{.words = kHostileCaption,
                       .note = "",
                       .hits = {{.picture = 1, .similarity = 0.5, .captions = {kHostileCaption}},
                                {.picture = 0, .similarity = 0.25, .captions = {}}}}}};
}

}  // namespace

TEST_CASE("the search page holds queries, hits and pictures, and nothing of them as markup") {
  const ScratchFolder folder;
  write_search_page(folder / "found.html", small_page());
  const std::string page = read_file(folder / "found.html");
  const nlohmann::json data = page_data(page);
  CHECK(data.at("queries")[0].at("words") == kHostileCaption);
  CHECK(data.at("queries")[0].at("hits")[0].at("captions")[0] == kHostileCaption);
  CHECK(data.at("queries")[0].at("hits")[1].at("picture") == 0);
  CHECK(data.at("pictures").size() == 2);
  CHECK(page.find("</script><b>") == std::string::npos);
  CHECK(page.find("Search: &lt;b&gt;") != std::string::npos);
  CHECK(page.find("https://") == std::string::npos);
}

TEST_CASE("the search page refuses numbers and pictures that are none") {
  const ScratchFolder folder;
  SearchPage page = small_page();
  page.queries[0].hits[0].similarity = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(write_search_page(folder / "a.html", page), doctest::Contains("must be finite"),
                       c10::ValueError);
  page = small_page();
  page.queries[0].hits[0].picture = 2;
  CHECK_THROWS_WITH_AS(write_search_page(folder / "a.html", page), doctest::Contains("pictures are 0 to 1, got 2"),
                       c10::ValueError);
  page = small_page();
  page.pictures[0].thumbnail_data_uri = "https://example.org/a.png";
  CHECK_THROWS_AS(write_search_page(folder / "a.html", page), c10::ValueError);
  CHECK_THROWS_AS(write_search_page(folder / "a.txt", small_page()), tandem::FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
