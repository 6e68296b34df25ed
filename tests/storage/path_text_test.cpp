#include "tandem/storage/path_text.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"

using namespace tandem;

TEST_CASE("a path in UTF-8 is its own text and another one is refused by its name") {
  CHECK(path_text("features/caf\xc3\xa9") == "features/caf\xc3\xa9");
  CHECK_THROWS_WITH_AS(path_text("features/caf\xe9"), doctest::Contains("features/caf\\xE9: expected a path in UTF-8"),
                       FileError);
}
