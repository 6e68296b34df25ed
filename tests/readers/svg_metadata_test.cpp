#include "tandem/readers/svg_metadata.h"

#include <doctest/doctest.h>

using namespace tandem;

namespace {

/// A drawing as Open Clip Art publishes them, with this inside its cc:Work.
std::string drawing_of(const std::string& work, const std::string& declaration = "<?xml version=\"1.0\"?>\n") {
  return declaration + "<svg><title>not this</title><metadata id='m'><rdf:RDF><cc:Work rdf:about=''>" + work +
         "</cc:Work></rdf:RDF></metadata><path d='M 0 0'/></svg>";
}

constexpr const char* kWholeDrawing =
    "<dc:title>Tom &amp;amp; Jerry</dc:title>\n<dc:description> A cat.\n</dc:description>"
    "<dc:subject><rdf:Bag><rdf:li>cat</rdf:li><rdf:li></rdf:li><rdf:li> mouse "
    "</rdf:li></rdf:Bag></dc:subject>"
    "<dc:publisher><cc:Agent><dc:title>Open Clip Art Library</dc:title></cc:Agent></dc:publisher>"
    "<dc:creator><cc:Agent><dc:title>Ann Artist</dc:title></cc:Agent></dc:creator>";

}  // namespace

TEST_CASE("title and description and keywords and creator are told apart") {
  const SvgMetadata metadata = read_svg_metadata(drawing_of(kWholeDrawing));
  CHECK(metadata.title == "Tom &amp; Jerry");
  CHECK(metadata.description == "A cat.");
  CHECK(metadata.subjects == std::vector<std::string>{"cat", "mouse"});
  CHECK(metadata.creator == "Ann Artist");
}

TEST_CASE("a publisher before the title is not taken for it") {
  CHECK(read_svg_metadata(drawing_of("<dc:publisher><cc:Agent><dc:title>Library</dc:title></cc:Agent></dc:publisher>"
                                     "<dc:title>Cat</dc:title>"))
            .title == "Cat");
}

TEST_CASE("entities and sections of plain text and comments are understood") {
  CHECK(read_svg_metadata(drawing_of("<dc:title>caf&#233; &#x72AC;<!-- no --> <![CDATA[<b>]]></dc:title>")).title ==
        "caf\xC3\xA9 \xE7\x8A\xAC <b>");
  CHECK(decode_entities("a &lt; b &amp;&quot;&apos; &nbsp; & &#0; &#xD800; &#99999999999;") ==
        "a < b &\"' &nbsp; & &#0; &#xD800; &#99999999999;");
  CHECK(without_tags("a <b>bold</b> 1 < 2 <!-- x > y -->z <br") == "a  bold  1 < 2  z <br");
}

TEST_CASE("Latin-1 is read as such where it is declared or where UTF-8 fails") {
  const std::string title = "<dc:title>caf\xE9</dc:title>";
  CHECK(read_svg_metadata(drawing_of(title)).title == "caf\xC3\xA9");
  CHECK(read_svg_metadata(drawing_of(title, "<?xml version='1.0' encoding='ISO-8859-1'?>")).title == "caf\xC3\xA9");
}

TEST_CASE("malformed drawings give what was read and nothing else") {
  CHECK(read_svg_metadata("").title.empty());
  CHECK(read_svg_metadata("<svg></svg>").title.empty());
  CHECK(read_svg_metadata("<svg><metadata/><dc:title>x</dc:title></svg>").title.empty());
  CHECK(read_svg_metadata("<svg><text>metadata ></text></svg>").title.empty());
  const std::string whole = drawing_of(kWholeDrawing);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const SvgMetadata metadata = read_svg_metadata(whole.substr(0, size));
    CHECK((metadata.title.empty() || metadata.title == "Tom &amp; Jerry"));
  }
  const SvgMetadata unclosed =
      read_svg_metadata(drawing_of("<dc:title>Cat</dc:title></b></i><dc:subject><rdf:li>pet</"
                                   "dc:subject><dc:description>d</dc:description>"));
  CHECK(unclosed.title == "Cat");
  CHECK(unclosed.subjects == std::vector<std::string>{"pet"});
  CHECK(unclosed.description == "d");
}
