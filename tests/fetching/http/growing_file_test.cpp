#include "tandem/fetching/http/growing_file.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("a growing file keeps what was appended over several openings, and can begin anew") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder / "part";
  {
    GrowingFile file(path);
    CHECK(file.size_bytes() == 0);
    file.append("one ");
    file.append("");
    CHECK(read_file(path) == "one ");  // There before it is closed.
  }
  GrowingFile file(path);
  CHECK(file.size_bytes() == 4);
  file.append("two");
  CHECK(read_file(path) == "one two");
  file.begin_anew();
  CHECK(file.size_bytes() == 0);
  file.append("three");
  CHECK(read_file(path) == "three");
}

TEST_CASE("a growing file that cannot be made or has no room is refused by name") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(GrowingFile(folder / "absent/part"),
                       doctest::Contains("part: expected a file that can be written to"), FileError);
  GrowingFile full("/dev/full");
  CHECK_THROWS_WITH_AS(full.append("x"), doctest::Contains("/dev/full: expected room for the whole file"), FileError);
}
