#include "tandem/figures/page_template.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <stdexcept>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

TEST_CASE("every page source in the program equals its file") {
  for (const char* name : {"theme.css", "atlas/atlas.html", "atlas/atlas.css", "atlas/main.js", "examples.html",
                           "examples.css", "examples.js"}) {
    CAPTURE(name);
    CHECK(tandem::page_source(name) ==
          tandem::read_file(tandem::tests::source_dir() / "tandem" / "figures" / "pages" / name));
  }
}

TEST_CASE("marks are replaced once and a value is not searched again") {
  CHECK(tandem::fill_page("<{{a}}|{{b}}|{{a}}>", {{"a", "{{b}}"}, {"b", "2"}}) == "<{{b}}|2|{{b}}>");
  CHECK_THROWS_AS(tandem::fill_page("{{c}}", {}), std::logic_error);
}

TEST_CASE("text in HTML keeps its letters and loses its meaning") {
  CHECK(tandem::html_text("<b a=\"1\" c='2'>&") == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
}

TEST_CASE("JSON for a script holds no way out of it and reads back the same") {
  const nlohmann::json data = {{"text", "</script><!-- & \"quoted\" \xf0\x9f\x90\x95"}};
  const std::string safe = tandem::script_json(data);
  CHECK(safe.find_first_of("<>&") == std::string::npos);
  CHECK(nlohmann::json::parse(safe) == data);
}

TEST_CASE("bytes that are not UTF-8 become replacement characters") {
  CHECK(tandem::script_json("a\xff z") == "\"a\xef\xbf\xbd z\"");
}

TEST_CASE("a page must be named html and a thumbnail must be embedded") {
  CHECK_THROWS_WITH_AS(tandem::check_page_path("map.htm"),
                       doctest::Contains("expected a page's name to end in .html, found .htm"), tandem::FileError);
  CHECK_THROWS_WITH_AS(tandem::check_thumbnail("page", "https://example.org/a.jpg"),
                       doctest::Contains("page: a thumbnail must be empty or a data:image/ URI"), c10::ValueError);
  CHECK_NOTHROW(tandem::check_thumbnail("page", ""));
}
