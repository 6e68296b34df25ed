#include "tandem/figures/examples_page.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <limits>

#include "page_data.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::Example;
using tandem::read_file;
using tandem::write_examples_page;
using tandem::tests::kHostileCaption;
using tandem::tests::page_data;
using tandem::tests::ScratchFolder;

namespace {

Example example(const std::string& id) {
  return {.picture = {id, "data:image/png;base64," + id},
          .own_captions = {{kHostileCaption, 0.5, 1}, {"another", 0.25, 40}},
          .preferred_captions = {{"a better one", 0.75, 2}},
          .picture_rank = 3,
          .preferred_pictures = {{{"other.jpg", ""}, 0.625, 1}}};
}

}  // namespace

TEST_CASE("the examples page holds every section and every picture once" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  write_examples_page(folder / "examples.html", "Pairs", "of <dev>", {{"rank 1", 7}},
                      {{"Best", "The best.", {example("a"), example("b")}}, {"Worst", "", {example("a")}}});
  const std::string page = read_file(folder / "examples.html");
  const nlohmann::json data = page_data(page);
  const nlohmann::json &best = data.at("sections")[0].at("examples"), &worst = data.at("sections")[1].at("examples");
  CHECK(data.at("sections")[0].at("name") == "Best");
  CHECK(data.at("shares")[0].at("count") == 7);
  CHECK(best.size() == 2);
  CHECK(worst.size() == 1);
  CHECK(data.at("pictures").size() == 3);
  CHECK(worst[0].at("picture") == best[0].at("picture"));
  CHECK(best[1].at("own")[0].at("text") == kHostileCaption);
  CHECK(best[1].at("captions")[0].at("rank") == 2);
  CHECK(best[1].at("pictureRank") == 3);
  CHECK(page.find("</script><b>") == std::string::npos);
  CHECK(page.find("of &lt;dev&gt;") != std::string::npos);
  CHECK(page.find("https://") == std::string::npos);
}

TEST_CASE("a page without examples can be written") {
  const ScratchFolder folder;
  write_examples_page(folder / "examples.html", "Pairs", "", {}, {{"Best", "", {}}});
  CHECK(page_data(read_file(folder / "examples.html")).at("sections")[0].at("examples").empty());
}

TEST_CASE("the examples page refuses a picture without a caption and numbers that are none") {
  const ScratchFolder folder;
  Example bare = example("a");
  bare.own_captions.clear();
  CHECK_THROWS_WITH_AS(write_examples_page(folder / "examples.html", "", "", {}, {{"Best", "", {bare}}}),
                       doctest::Contains("picture a must have an own caption, got none"), c10::ValueError);
  Example strange = example("a");
  strange.own_captions[0].similarity = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(write_examples_page(folder / "examples.html", "", "", {}, {{"Best", "", {strange}}}),
                       doctest::Contains("similarities must be finite"), c10::ValueError);
  CHECK_THROWS_AS(write_examples_page(folder / "none" / "examples.html", "", "", {}, {}), tandem::FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
