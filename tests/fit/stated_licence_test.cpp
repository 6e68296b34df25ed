#include "tandem/fit/stated_licence.h"

#include <doctest/doctest.h>

#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("a licence is what the card states, or else how the licence file begins") {
  const ScratchFolder folder;
  CHECK(stated_licence(folder.path()) == "");
  CHECK(stated_licence(folder / "nothing") == "");
  write_file(folder / "COPYING", "\n  # GNU General Public License\nmore");
  CHECK(stated_licence(folder.path()) == "GNU General Public License");
  write_file(folder / "LICENSE", "MIT License\r\n");
  CHECK(stated_licence(folder.path()) == "MIT License");
  write_file(folder / "README.md", "# A card\nlicense: none of a front matter\n");
  CHECK(stated_licence(folder.path()) == "MIT License");
  write_file(folder / "README.md", "---\nlanguage: en\nlicense: \"apache-2.0\"\n---\nlicense: other\n");
  CHECK(stated_licence(folder.path()) == "apache-2.0");
}

TEST_CASE("a licence file of hostile bytes is made printable and cut") {
  const ScratchFolder folder;
  write_file(folder / "LICENSE", "\x1b[2J" + std::string(100'000, 'x'));
  const std::string licence = stated_licence(folder.path());
  CHECK(licence.size() < 1000);
  CHECK(licence.find('\x1b') == std::string::npos);
}
