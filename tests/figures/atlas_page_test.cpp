#include "tandem/figures/joint_map_page.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "page_data.h"
#include "small_map.h"
#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::PagePicture;
using tandem::read_file;
using tandem::write_joint_map_page;
using tandem::tests::kHostileCaption;
using tandem::tests::page_data;
using tandem::tests::ScratchFolder;
using tandem::tests::small_map;

namespace {

const std::vector<PagePicture> kPictures = {
    {"a.jpg", "data:image/png;base64,AAAA"}, {"b \"c\".jpg", ""}, {"<d>.jpg", "data:image/jpeg;base64,BBBB"}};
const std::vector<std::string> kCaptions = {"one", kHostileCaption, "", "four"};

}  // namespace

TEST_CASE("the map page holds every point with its caption and picture") {
  const ScratchFolder folder;
  write_joint_map_page(folder / "map.html", small_map(), kPictures, kCaptions);
  const nlohmann::json data = page_data(read_file(folder / "map.html"));
  CHECK(data.at("images").size() == 3);
  CHECK(data.at("texts").size() == 4);
  CHECK(data.at("images")[2].at("x") == -2.0);
  CHECK(data.at("images")[2].at("id") == "<d>.jpg");
  CHECK(data.at("images")[0].at("src") == "data:image/png;base64,AAAA");
  CHECK(data.at("texts")[1].at("caption") == kHostileCaption);
  CHECK(data.at("texts")[3].at("image") == 0);
}

TEST_CASE("a caption cannot end the script or the title the heading") {
  const ScratchFolder folder;
  write_joint_map_page(folder / "map.html", small_map(), kPictures, kCaptions);
  const std::string page = read_file(folder / "map.html");
  CHECK(page.find("</script><b>") == std::string::npos);
  CHECK(page.find("<h1>A map &amp; its &lt;title&gt;</h1>") != std::string::npos);
  CHECK(page.find("{{") == std::string::npos);
}

TEST_CASE("the map page asks nothing of the network") {
  const ScratchFolder folder;
  write_joint_map_page(folder / "map.html", small_map(), kPictures, kCaptions);
  const std::string page = read_file(folder / "map.html");
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(page.find("http://") == std::string::npos);
  CHECK(page.find("https://") == std::string::npos);
}

TEST_CASE("the map page refuses counts that differ and thumbnails from elsewhere") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(write_joint_map_page(folder / "map.html", small_map(), {}, kCaptions),
                       doctest::Contains("pictures must be one for each of the 3 image points, got 0"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(write_joint_map_page(folder / "map.html", small_map(), kPictures, {"a"}),
                       doctest::Contains("captions must be one for each of the 4 text points, got 1"),
                       c10::ValueError);
  std::vector<PagePicture> linked = kPictures;
  linked[1].thumbnail_data_uri = "file:///etc/passwd";
  CHECK_THROWS_WITH_AS(write_joint_map_page(folder / "map.html", small_map(), linked, kCaptions),
                       doctest::Contains("a thumbnail must be empty or a data:image/ URI"), c10::ValueError);
  CHECK_THROWS_AS(write_joint_map_page(folder / "map.txt", small_map(), kPictures, kCaptions),
                  tandem::FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
