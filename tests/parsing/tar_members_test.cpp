#include "tandem/parsing/tar_members.h"

#include <doctest/doctest.h>

#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("members of tar files of every dialect lie where it says") {
  for (const char* kind : {"ustar", "gnu", "pax"}) {
    CAPTURE(kind);
    const auto file = reference_dir() / "archives" / ("shard_" + std::string(kind) + ".tar");
    const std::string bytes = read_file(file);
    TarMembers members(file);
    std::vector<std::string> names;
    while (const auto member = members.next()) {
      names.push_back(member->name);
      CHECK(member->is_plain_file);
      const std::string content = members.read(*member, 1000);
      CHECK(static_cast<std::int64_t>(content.size()) == member->bytes);
      CHECK(bytes.substr(member->offset, member->bytes) == content);
      if (member->name == "000.jpg") CHECK(content == "first picture");
    }
    CHECK(members.fault().empty());
    REQUIRE(names.size() == 7);
    CHECK(names[4] == "deep/001.PNG");
    CHECK(names[5] == std::string(std::string(kind) == "ustar" ? 90 : 120, 'x') + ".webp");
  }
}

TEST_CASE("a tar file that is cut gives what is whole and says so") {
  const ScratchFolder folder;
  const std::string whole = read_file(reference_dir() / "archives" / "shard_ustar.tar");
  const auto read = [&](std::size_t length) {
    write_file(folder / "cut.tar", whole.substr(0, length));
    TarMembers members(folder / "cut.tar");
    std::int64_t count = 0;
    while (members.next()) ++count;
    return std::pair(count, members.fault());
  };
  CHECK(read(whole.size()) == std::pair<std::int64_t, std::string>(7, ""));
  CHECK(read(512 + 13).first == 1);
  CHECK_FALSE(read(512 + 13).second.empty());
  CHECK(read(512 + 12) == std::pair<std::int64_t, std::string>(0, "ends inside a member"));
  CHECK(read(1024) == std::pair<std::int64_t, std::string>(1, "has no end"));
  CHECK(read(1024 + 100).second.starts_with("is damaged"));
  for (std::size_t length = 600; length < 8000; length += 97) CHECK_FALSE(read(length).second.empty());
}

TEST_CASE("what is no tar file is refused") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(TarMembers(folder / "gone.tar"),
                       doctest::Contains("gone.tar: expected a tar file, found no such file"), FileError);
  for (const std::string& bytes : {std::string("\x1f\x8b\x08 gzip"), std::string(5000, 'x'), std::string("<html>")}) {
    write_file(folder / "no.tar", bytes);
    CHECK_THROWS_WITH_AS(TarMembers(folder / "no.tar"),
                         doctest::Contains("expected an uncompressed tar file, found Unrecognized archive format"),
                         FileError);
  }
}
