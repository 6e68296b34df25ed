#include "tandem/storage/staged_files.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

namespace {

std::set<std::string> entries_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

TEST_CASE("staged files appear together, and until then the old ones are there") {
  const ScratchFolder folder;
  write_file(folder / "a.png", "old a");
  {
    StagedFiles files;
    write_file(files.stage(folder / "a.png"), "new a");
    write_file(files.stage(folder / "b.png"), "new b");
    CHECK(read_file(folder / "a.png") == "old a");
    CHECK(!std::filesystem::exists(folder / "b.png"));
    files.commit();
  }
  CHECK(read_file(folder / "a.png") == "new a");
  CHECK(read_file(folder / "b.png") == "new b");
  CHECK(entries_in(folder.path()) == std::set<std::string>{"a.png", "b.png"});
}

TEST_CASE("staged files that are given up leave the old ones and nothing else") {
  const ScratchFolder folder;
  write_file(folder / "a.png", "old a");
  {
    StagedFiles files;
    write_file(files.stage(folder / "a.png"), "new a");
    files.stage(folder / "b.png");
  }
  CHECK(read_file(folder / "a.png") == "old a");
  CHECK(entries_in(folder.path()) == std::set<std::string>{"a.png"});
}

TEST_CASE("if one staged file cannot have its name, none has changed") {
  const ScratchFolder folder;
  write_file(folder / "a.png", "old a");
  {
    StagedFiles files;
    write_file(files.stage(folder / "a.png"), "new a");
    write_file(files.stage(folder / "b.png"), "new b");
    write_file(files.stage(folder / "c.png"), "new c");
    std::filesystem::create_directories(folder / "c.png" / "inside");
    CHECK_THROWS_WITH_AS(files.commit(), doctest::Contains("a file that can be replaced"), FileError);
  }
  CHECK(read_file(folder / "a.png") == "old a");
  CHECK(entries_in(folder.path()) == std::set<std::string>{"a.png", "c.png"});
  StagedFiles files;
  CHECK_THROWS_WITH_AS(files.stage(folder / "c.png"), doctest::Contains("expected a name for a file, found a folder"),
                       FileError);
}

TEST_CASE("stages that a killed process left are removed, those in use and other folders are not") {
  const ScratchFolder folder;
  write_file(folder / "a.png", "old a");
  for (const char* name : {".a.png.AbC123", ".a.png.backup", ".b.png.AbC123"})
    std::filesystem::create_directory(folder / name);
  write_file(folder / ".a.png.AbC123" / "a.png", "half");
  write_file(folder / ".a.png.backup" / "mine.png", "mine");
  StagedFiles first;
  const std::filesystem::path in_use = first.stage(folder / "a.png");
  write_file(in_use, "first");
  StagedFiles second;
  write_file(second.stage(folder / "a.png"), "second");
  second.commit();
  first.commit();
  CHECK(read_file(folder / "a.png") == "first");
  CHECK(!std::filesystem::exists(folder / ".a.png.AbC123"));
  CHECK(read_file(folder / ".a.png.backup" / "mine.png") == "mine");
  CHECK(std::filesystem::exists(folder / ".b.png.AbC123"));
}
