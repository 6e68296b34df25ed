#include "tandem/data/shard_set.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;

namespace {

OpenPattern pattern_in(const ScratchFolder& folder, const std::string& name = "train-{00..}.tar") {
  return *open_pattern((folder / name).string());
}

/// Writes a set whose shards hold `text` and their numbers.
void write_set(const OpenPattern& pattern, std::size_t count, const std::string& text, bool replace = false) {
  NewShardSet set(pattern, count, replace);
  for (std::size_t i = 0; i < count; ++i) write_file(set.place(i), text + std::to_string(i));
  set.commit();
}

/// What readers find, shard by shard.
std::string read_all(const ScratchFolder& folder) {
  std::string text;
  for (const auto& shard : shards_in_folder(folder.path())) text += read_file(shard) + " ";
  return text;
}

std::string read_named(const ScratchFolder& folder, const std::string& closed) {
  std::string text;
  for (const auto& shard : named_shards(expand_braces((folder / closed).string())))
    text += std::filesystem::exists(shard) ? read_file(shard) + " " : "none ";
  return text;
}

std::size_t entries_in(const ScratchFolder& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

}  // namespace

TEST_CASE(
    "readers see the older set until the list is in place and the new one from then on, wherever the writer dies") {
  const ScratchFolder folder;
  write_set(pattern_in(folder), 4, "old");
  write_file(folder / "zebra.tar", "other");
  {
    NewShardSet set(pattern_in(folder), 2, true);
    write_file(set.place(0), "new0");
    CHECK(read_all(folder) == "old0 old1 old2 old3 other ");
    const auto second = set.place(1);
    write_file(second, "new1");
    CHECK(read_all(folder) == "old0 old1 old2 old3 other ");
    set.put_list();
    CHECK(read_all(folder) == "new0 new1 other ");
    CHECK(read_named(folder, "train-{00..01}.tar") == "new0 new1 ");
    std::filesystem::rename(second, folder / "train-01.tar");  // as a writer that dies after it
    CHECK(read_all(folder) == "new0 new1 other ");
    CHECK(has_shards(folder.path()));
  }
  CHECK(read_all(folder) == "new0 new1 other ");
  // The next writer finishes what was begun before it fails or succeeds.
  { const NewShardSet abandoned(pattern_in(folder), 1, true); }
  CHECK(entries_in(folder) == 4);
  CHECK(read_file(folder / "train-00.tar") == "new0");
  CHECK(read_all(folder) == "new0 new1 other ");
  write_set(pattern_in(folder), 3, "last", true);
  CHECK(read_all(folder) == "last0 last1 last2 other ");
  CHECK(entries_in(folder) == 5);
}

TEST_CASE("a set that was never finished is not there") {
  const ScratchFolder folder;
  {
    NewShardSet set(pattern_in(folder), 2, false);
    write_file(set.place(0), "new0");
    CHECK(read_all(folder).empty());
    CHECK(!has_shards(folder.path()));
  }
  CHECK(entries_in(folder) == 0);
}

TEST_CASE("a shard that is missing or cut is told by the list, and read as it is without one") {
  const ScratchFolder folder;
  write_set(pattern_in(folder), 3, "old");
  write_file(folder / "train-01.tar", "ol");
  CHECK_THROWS_WITH_AS(shards_in_folder(folder.path()),
                       doctest::Contains("train-set.tar.shards.json: expected all shards of the set as they were "
                                         "written, \"train-01.tar\" of 4 bytes"),
                       FileError);
  CHECK_THROWS_WITH_AS(read_named(folder, "train-{00..01}.tar"), doctest::Contains("found 2 bytes"), FileError);
  CHECK(read_named(folder, "train-{00,02}.tar") == "old0 old2 ");  // those that are asked for are whole
  std::filesystem::remove(folder / "train-01.tar");
  CHECK_THROWS_WITH_AS(shards_in_folder(folder.path()), doctest::Contains("found none of that name"), FileError);
  std::filesystem::remove(folder / "train-set.tar.shards.json");
  CHECK(read_all(folder) == "old0 old2 ");
}

TEST_CASE("another program's list is left alone, and a list of strangers names nothing outside") {
  const ScratchFolder folder;
  write_file(folder / "00.tar", "mine");
  write_file(folder / "theirs.shards.json", "[1, 2]");
  CHECK(read_all(folder) == "mine ");
  for (const std::string& name :
       {std::string("../00.tar"), std::string("/00.tar"), std::string(), std::string("a/b"), std::string("..")}) {
    for (const char* field : {"file", "staged", "surplus"}) {
      CAPTURE(name);
      CAPTURE(field);
      Json json = {{"format", "tandem shards"},
                   {"version", 1},
                   {"shards", {{{"file", "00.tar"}, {"bytes", 4}}}},
                   {"staged", ".gone"},
                   {"surplus", Json::array()}};
      (field == std::string("file") ? json["shards"][0][field] : json[field]) =
          field == std::string("surplus") ? Json{name} : Json(name);
      write_checked_json(folder / "set.tar.shards.json", json);
      CHECK_THROWS_WITH_AS(read_all(folder), doctest::Contains("plain names of files beside it"), FileError);
      CHECK_THROWS_AS(write_set(pattern_in(folder, "{00..}.tar"), 1, "new", true), FileError);
    }
  }
  CHECK(read_file(folder / "00.tar") == "mine");
}

TEST_CASE("sets beside each other do not meet") {
  const ScratchFolder folder;
  write_set(pattern_in(folder, "train-{00..}.tar"), 3, "train");
  write_set(pattern_in(folder, "dev-{00..}.tar"), 2, "dev");
  write_set(pattern_in(folder, "dev-{00..}.tar"), 1, "dev again ", true);
  CHECK(read_all(folder) == "dev again 0 train0 train1 train2 ");
  CHECK_THROWS_WITH_AS(write_set(pattern_in(folder, "dev-{000..}.tar"), 1, "x"), doctest::Contains("--replace"),
                       FileError);  // the same set, counted otherwise
  write_set(pattern_in(folder, "dev-{000..}.tar"), 1, "wider", true);
  CHECK(read_all(folder) == "wider0 train0 train1 train2 ");
}
