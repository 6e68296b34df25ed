#include "tandem/storage/copied_file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

TEST_CASE("a copy has the bytes of its original, however many") {
  const ScratchFolder folder;
  for (const std::size_t size_bytes : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, (std::size_t{3} << 20) + 7}) {
    std::string bytes(size_bytes, 'a');
    for (std::size_t i = 0; i < size_bytes; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
    write_file(folder / "from", bytes);
    copy_to_new_file(folder / "from", folder / "to");
    CHECK(read_file(folder / "to") == bytes);
    std::filesystem::remove(folder / "to");
  }
}

TEST_CASE("what is written into the original in place is not seen in the copy") {
  const ScratchFolder folder;
  write_file(folder / "from", "before");
  std::filesystem::create_symlink("from", folder / "link");
  copy_to_new_file(folder / "link", folder / "to");
  std::fstream(folder / "from", std::ios::in | std::ios::out) << "later!";
  REQUIRE(read_file(folder / "from") == "later!");
  CHECK(read_file(folder / "to") == "before");
  CHECK(!std::filesystem::is_symlink(folder / "to"));
  CHECK(std::filesystem::hard_link_count(folder / "from") == 1);
}

TEST_CASE("a copy takes nobody's name, not even a dangling link's") {
  const ScratchFolder folder;
  write_file(folder / "from", "new");
  write_file(folder / "taken", "old");
  std::filesystem::create_symlink(folder / "elsewhere", folder / "dangling");
  std::filesystem::create_symlink("taken", folder / "leads");
  for (const char* name : {"taken", "dangling", "leads"}) {
    CHECK_THROWS_WITH_AS(copy_to_new_file(folder / "from", folder / name),
                         doctest::Contains("expected a name that is free"), FileError);
  }
  CHECK(read_file(folder / "taken") == "old");
  CHECK(!std::filesystem::exists(folder / "elsewhere"));
}

TEST_CASE("what is no file is not copied, and a full disk leaves no part of a copy") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(copy_to_new_file(folder.path(), folder / "to"), doctest::Contains("expected a regular file"),
                       FileError);
  CHECK_THROWS_WITH_AS(copy_to_new_file(folder / "none", folder / "to"), doctest::Contains("No such file"), FileError);
  write_file(folder / "from", std::string(5000, 'x'));
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit limit = before;
  limit.rlim_cur = 1000;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  CHECK_THROWS_WITH_AS(copy_to_new_file(folder / "from", folder / "to"), doctest::Contains("room for the whole file"),
                       FileError);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(!std::filesystem::exists(folder / "to"));
}
