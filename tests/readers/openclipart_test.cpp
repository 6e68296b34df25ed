#include "tandem/readers/openclipart.h"

#include <doctest/doctest.h>

#include <array>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::has_remark;
using tandem::tests::ScratchFolder;

namespace {

std::string drawing(const std::string& title, const std::string& description, const std::vector<std::string>& keywords,
                    int number = 0) {
  std::string list;
  for (const std::string& keyword : keywords) list += "<rdf:li>" + keyword + "</rdf:li>";
  return "<svg width='" + std::to_string(number + 1) + "'><metadata><rdf:RDF><cc:Work><dc:title>" + title +
         "</dc:title><dc:description>" + description + "</dc:description><dc:subject><rdf:Bag>" + list +
         "</rdf:Bag></dc:subject></cc:Work></rdf:RDF></metadata></svg>";
}

using Captions = std::vector<std::string>;

Captions captions_of(const std::string& svg) {
  const ScratchFolder folder;
  write_file(folder / "a.svg", svg);
  return read_openclipart(folder.path()).images.at(0).captions;
}

}  // namespace

TEST_CASE("titles that do not describe a drawing are junk") {
  for (const char* junk :
       {"", "gramastar", "Part of the Flat Icon Collection (Wed Aug 25 23:29:46 2004)", "Lemon SVG theme",
        "blueberry - iconset", "SVG Gradient Collection by Alan Horkan, 2004.", "Various Cliparts", "Untitled",
        "jean.victor.balin@gmail.com", "HASH(0x85cd6ec)", "large braces.svg", "http://aiga.org", "8", "M", "42-17"}) {
    CAPTURE(junk);
    CHECK(is_junk_title(junk));
  }
  for (const char* title : {"TV", "Yellow duck", "Collection of Passport Stamps", "Theme park",
                            "direction \xC3\xA0 suivre 1", "AK47", "\xE7\x8A\xAC", "Drawing hand"}) {
    CAPTURE(title);
    CHECK_FALSE(is_junk_title(title));
  }
}

TEST_CASE("descriptions that speak of the file are junk") {
  for (const char* junk : {"Soup", "EPS converted from http://aiga.org", "create with the inkscape",
                           "This work is in the Public Domain", "Part of Hotel Icons Collection"}) {
    CHECK(is_junk_description(junk));
  }
  CHECK_FALSE(is_junk_description("A pair of simple Bishops."));
}

TEST_CASE("titles are cleaned of what the archive did to them") {
  CHECK(clean_title("Croissant (B &amp; W)") == "Croissant (B & W)");
  CHECK(clean_title("Clipart by Nicu Buculei - piggybank") == "piggybank");
  CHECK(clean_title("birthday_cake") == "birthday cake");
  CHECK(clean_title("arrow-up-red") == "arrow up red");
  CHECK(clean_title("France - Bearn") == "France - Bearn");
  CHECK(clean_title("<b>Red</b>\n hat") == "Red hat");
}

TEST_CASE("a drawing has its title and description and keywords as captions") {
  CHECK(captions_of(drawing("Yellow duck", "A duck made of rubber.", {"bird", "hash", "", "bath_toy", "theme"})) ==
        Captions{"Yellow duck", "A duck made of rubber.", "clip art of bird and bath toy"});
  CHECK(captions_of(drawing("gramastar", "HASH(0x85cd6ec)", {"star", "shape", "geometry"})) ==
        Captions{"clip art of star, shape and geometry"});
  CHECK(captions_of(drawing("Apple Pie", "apple pie.", {"unsorted"})) == Captions{"Apple Pie"});
  const std::string sentence = "A long description begins with a sentence.";
  CHECK(captions_of(drawing("Duck", sentence + " " + std::string(300, 'x'), {}))[1] == sentence);
}

TEST_CASE("a caption on too many drawings describes none of them") {
  const ScratchFolder folder;
  for (int i = 0; i <= kMostDrawingsPerCaption; ++i) {
    const std::string number = std::to_string(i);
    write_file(folder / ("card" + number + ".svg"), drawing("card", "", {"game", "paper"}, i));
    write_file(folder / ("flag" + number + ".svg"), drawing("Flag of country " + number, "", {"flag", "europe"}, i));
  }
  const CaptionSet set = read_openclipart(folder.path());
  CHECK(set.images.size() == kMostDrawingsPerCaption + 1);
  CHECK(has_remark(
      set, "drawings without a title, description or keywords that describe them were left out: 13 (card0.svg"));
  CHECK(set.images[0].captions == Captions{"Flag of country 0", "Flag of country 0, clip art of flag and europe"});
}

TEST_CASE("a title that its author copied to a second drawing counts for neither") {
  const ScratchFolder folder;
  for (int i = 0; i < 2; ++i) {
    const std::string number = std::to_string(i);
    write_file(folder / (number + ".svg"), drawing("Clipart by Nicu Buculei - pear", "", {"thing" + number, "toy"}, i));
  }
  for (const CaptionedImage& image : read_openclipart(folder.path()).images) CHECK(image.captions.size() == 1);
}

TEST_CASE("the same drawing under two names is kept once and loops of links are not followed") {
  const ScratchFolder folder;
  make_folder(folder / "b");
  write_file(folder / "a.svg", drawing("Duck", "", {}));
  write_file(folder / "b" / "again.SVG", drawing("Duck", "", {}));
  write_file(folder / "b" / "notes.txt", "no drawing");
  std::filesystem::create_directory_symlink(folder.path(), folder / "b" / "loop");
  std::filesystem::create_symlink(folder / "a.svg", folder / "b" / "link.svg");
  std::filesystem::create_symlink(folder / "nowhere.svg", folder / "b" / "broken.svg");
  const CaptionSet set = read_openclipart(folder.path());
  REQUIRE(set.images.size() == 1);
  CHECK(set.images[0].id == "a.svg");
  CHECK(has_remark(set, "files that hold the same drawing as another were left out: 2 (b/again.SVG, b/link.svg)"));
}

TEST_CASE("a folder without drawings is refused") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(read_openclipart(folder.path()),
                       doctest::Contains("expected pictures with captions, found none"), FileError);
  CHECK_THROWS_WITH_AS(read_openclipart("nowhere"), "nowhere: expected a folder of SVG drawings, found no such folder",
                       FileError);
}

TEST_CASE("the installed Open Clip Art gives some thousand drawings with two captions each or so" *
          doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(kDebianOpenClipArt);
  const CaptionSet set = read_openclipart({});
  CHECK(set.images.size() > 3000);
  CHECK(set.images.size() < 4500);
  CHECK(set.caption_count() > 6000);
  std::array<int, 4> counts{};
  for (const CaptionedImage& image : set.images) {
    ++counts[static_cast<int>(image.split)];
    for (const std::string& caption : image.captions) {
      CHECK(caption.size() < 400);
      CHECK(caption.find("gramastar") == std::string::npos);
      CHECK(caption.find("Flat Icon Collection") == std::string::npos);
    }
  }
  CHECK(counts[0] > 7 * (counts[1] + counts[2]) / 2);
  CHECK(counts[3] == 0);
  CHECK(has_remark(set, "files that hold the same drawing as another were left out: 663 ("));
}
