#include "tandem/storage/json_text.h"

#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("a document is text of two spaces a level, or one line, and always UTF-8") {
  const Json document = {{"name",
                          "a\xff"
                          "b"},
                         {"list", {1, 2.5}}};
  CHECK(json_line(document) ==
        "{\"list\":[1,2.5],\"name\":\"a\xEF\xBF\xBD"
        "b\"}");
  CHECK(json_text({{"width", 3}}) == "{\n  \"width\": 3\n}");
  CHECK(parse_json(json_text(document), "text") == parse_json(json_line(document), "line"));
}

TEST_CASE("a stranger's name is quoted, short and without control characters") {
  CHECK(quoted_name("a\x1b[2J\xff\xc3\xa9") == "\"a\\u001b[2J\\ufffd\\u00e9\"");
  CHECK(quoted_name(std::string(1000, 'x')) == "\"" + std::string(80, 'x') + "\"");
}
