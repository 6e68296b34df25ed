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
