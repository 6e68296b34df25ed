#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "tandem/base/errors.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/png_codec.h"
#include "tandem/readers/data_spec.h"
#include "tandem/readers/table.h"
#include "tandem/readers/webdataset.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/writers/csv_writer.h"
#include "tandem/writers/webdataset_writer.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

RgbImage flat(std::uint8_t level) {
  return {.height = 8, .width = 9, .pixels = std::vector<std::uint8_t>(3 * 8 * 9, level)};
}

/// Seven pictures whose ids and captions are as awkward as they may be.
struct Source : ScratchFolder {
  CaptionSet set;

  Source() {
    const std::vector<std::string> ids = {"plain.jpg",        "deep/er/two.png", "no ending",           "x.v2.jpg",
                                          "ünïcode/日本.jpg", "../outside.jpg",  "comma, \"quote\".jpg"};
    const Split splits[] = {Split::kTrain, Split::kDev, Split::kTest, Split::kNone};
    set.name = "source";
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto level = static_cast<std::uint8_t>(20 * i + 5);
      const auto file = path() / std::to_string(i);
      write_file(file, i % 2 == 0 ? encode_jpeg(flat(level), 90) : encode_png(flat(level)));
      CaptionedImage image{.id = ids[i], .picture = {.file = file}, .split = splits[i % 4]};
      image.captions = {"a \"quoted\", comma", "ein großer Hund", "=cmd|' /C calc'!A0", "same", "same"};
      image.captions.resize(1 + i % 5);
      if (i % 3 == 0) image.label = "class " + std::to_string(i);
      set.images.push_back(image);
    }
  }
};

void check_same(const CaptionSet& set, const CaptionSet& back) {
  REQUIRE(back.images.size() == set.images.size());
  for (std::size_t i = 0; i < set.images.size(); ++i) {
    CAPTURE(set.images[i].id);
    CHECK(back.images[i].id == set.images[i].id);
    CHECK(back.images[i].captions == set.images[i].captions);
    CHECK(back.images[i].split == set.images[i].split);
    CHECK(back.images[i].label == set.images[i].label);
    CHECK(read_source_bytes(back.images[i].picture) == read_source_bytes(set.images[i].picture));
  }
  CHECK(back.defects.empty());
}

OpenPattern shards_in(const ScratchFolder& folder) { return *open_pattern((folder / "out" / "{00..}.tar").string()); }

std::vector<std::string> names_below(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  if (!std::filesystem::exists(folder)) return names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    names.push_back(entry.path().lexically_relative(folder).string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("a data set written to tar shards and read back has lost nothing") {
  const Source source;
  const ScratchFolder folder;
  const WrittenData written = write_webdataset(source.set, shards_in(folder), {.per_shard = 3});
  CHECK(written.pictures == 7);
  CHECK(written.captions == source.set.caption_count());
  CHECK(names_below(folder / "out") == std::vector<std::string>{"00.tar", "01.tar", "02.tar", "set.tar.shards.json"});
  check_same(source.set, read_webdataset((folder / "out" / "{00..02}.tar").string()));
  const std::string first = read_file(folder / "out" / "01.tar");
  CHECK_THROWS_WITH_AS(write_webdataset(source.set, shards_in(folder), {.per_shard = 3}),
                       doctest::Contains("no file of that name yet"), FileError);
  write_webdataset(source.set, shards_in(folder), {.per_shard = 3, .threads = 1, .replace = true});
  CHECK(read_file(folder / "out" / "01.tar") == first);
}

TEST_CASE("a data set written to a table and read back has lost nothing") {
  const Source source;
  const ScratchFolder folder;
  const auto file = folder / "out" / "data.csv";
  const WrittenData written = write_csv(source.set, file, {});
  CHECK(written.pictures == 7);
  check_same(source.set, read_table(file, TableFormat::kCsv));
  CHECK(std::filesystem::exists(folder / "out" / "data_pictures" / "deep" / "er" / "two.png"));
  CHECK_FALSE(std::filesystem::exists(folder / "outside.jpg"));
  CHECK_THROWS_WITH_AS(write_csv(source.set, file, {}), doctest::Contains("nothing of that name yet"), FileError);
  write_csv(source.set, file, {.replace = true});
  check_same(source.set, read_table(file, TableFormat::kCsv));
}

TEST_CASE("pictures that cannot be read are left out and counted") {
  Source source;
  write_file(source / "1", "no picture");
  std::filesystem::remove(source / "4");
  const ScratchFolder folder;
  for (const WrittenData& written : {write_webdataset(source.set, shards_in(folder), {.per_shard = 2}),
                                     write_csv(source.set, folder / "data.csv", {})}) {
    CHECK(written.pictures == 5);
    REQUIRE(written.left_out.size() == 1);
    CHECK(written.left_out[0].count() == 2);
    CHECK(written.left_out[0].names().find("1: expected a picture") != std::string::npos);
  }
  CHECK_THROWS_WITH_AS(write_csv(source.set, folder / "strict.csv", {.strict = true}), doctest::Contains("expected a"),
                       FileError);
  CHECK_THROWS_WITH_AS(
      write_webdataset(source.set, *open_pattern((folder / "strict" / "{0..}.tar").string()), {.strict = true}),
      doctest::Contains("expected a"), FileError);
  CHECK(names_below(folder / "strict").empty());
  CHECK_FALSE(std::filesystem::exists(folder / "strict_pictures"));
  CHECK(read_webdataset((folder / "out").string()).images.size() == 5);
  CHECK(read_table(folder / "data.csv", TableFormat::kCsv).images.size() == 5);
}

TEST_CASE("a disk that is full loses nothing and leaves nothing") {
  const Source source;
  const ScratchFolder folder;
  write_webdataset(source.set, shards_in(folder), {.per_shard = 3});
  const std::string before = read_file(folder / "out" / "00.tar");
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{.rlim_cur = 600, .rlim_max = old.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  std::string shards, table;
  try {
    write_webdataset(source.set, *open_pattern((folder / "new" / "{0..}.tar").string()), {.per_shard = 3});
  } catch (const FileError& error) {
    shards = error.what();
  }
  try {
    write_csv(source.set, folder / "new" / "data.csv", {});
  } catch (const FileError& error) {
    table = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  CHECK(shards.find("room for the whole file") != std::string::npos);
  CHECK(table.find("room for the whole file") != std::string::npos);
  CHECK(names_below(folder / "new").empty());
  CHECK(read_file(folder / "out" / "00.tar") == before);
}

namespace {

CaptionSet first_of(const CaptionSet& set, std::size_t count) {
  CaptionSet part = set;
  part.images.resize(count);
  return part;
}

/// Every file below the folder with its bytes.
std::map<std::string, std::string> contents_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> contents;
  for (const std::string& name : names_below(folder)) {
    if (std::filesystem::is_regular_file(folder / name)) contents[name] = read_file(folder / name);
  }
  return contents;
}

}  // namespace

TEST_CASE("a set of fewer shards leaves nothing of the one it replaces, and nothing else is touched") {
  const Source source;
  const ScratchFolder folder;
  write_webdataset(source.set, shards_in(folder), {.per_shard = 1});
  for (const char* name : {"10.tar", "a.tar", "000.tar", "notes.txt", "6.tar"})
    write_file(folder / "out" / name, "mine");
  const CaptionSet fewer = first_of(source.set, 3);
  write_webdataset(fewer, shards_in(folder), {.per_shard = 2, .replace = true});
  CHECK(names_below(folder / "out") == std::vector<std::string>{"00.tar", "000.tar", "01.tar", "10.tar", "6.tar",
                                                                "a.tar", "notes.txt", "set.tar.shards.json"});
  for (const char* name : {"10.tar", "a.tar", "000.tar", "6.tar"}) std::filesystem::remove(folder / "out" / name);
  check_same(fewer, read_webdataset((folder / "out").string()));
}

TEST_CASE("a set without a list is replaced whole too: the shards that follow the new ones") {
  const Source source;
  const ScratchFolder folder;
  write_webdataset(source.set, shards_in(folder), {.per_shard = 1});
  std::filesystem::remove(folder / "out" / "set.tar.shards.json");
  write_file(folder / "out" / "09.tar", "mine");  // 07 is not there: another set's
  const CaptionSet fewer = first_of(source.set, 2);
  CHECK_THROWS_WITH_AS(write_webdataset(fewer, shards_in(folder), {.per_shard = 1}),
                       doctest::Contains("no file of that name yet"), FileError);
  write_webdataset(fewer, shards_in(folder), {.per_shard = 1, .replace = true});
  CHECK(names_below(folder / "out") == std::vector<std::string>{"00.tar", "01.tar", "09.tar", "set.tar.shards.json"});
}

TEST_CASE("shards that would be read with older ones behind them are refused") {
  const Source source;
  const ScratchFolder folder;
  make_folder(folder / "out");
  write_file(folder / "out" / "03.tar", "older");
  CHECK_THROWS_WITH_AS(write_webdataset(source.set, shards_in(folder), {.per_shard = 3}),
                       doctest::Contains("03.tar: expected no file of that name yet"), FileError);
  CHECK(names_below(folder / "out") == std::vector<std::string>{"03.tar"});
  CHECK_THROWS_WITH_AS(write_webdataset(source.set, *open_pattern((folder / "out" / "{0..}/x.tar").string()), {}),
                       doctest::Contains("expected shards in one folder"), FileError);
}

TEST_CASE("a writer that dies at any picture leaves the older set or nothing, never a part" *
          doctest::test_suite("slow")) {
  const Source source;
  const CaptionSet older = first_of(source.set, 4);
  for (const bool replace : {true, false}) {
    for (int deadly = 1; deadly <= 7; ++deadly) {
      CAPTURE(deadly);
      const ScratchFolder folder;
      if (replace) write_webdataset(older, shards_in(folder), {.per_shard = 1});
      if (replace) write_csv(older, folder / "out" / "data.csv", {});
      for (const bool table : {false, true}) {
        const pid_t child = ::fork();
        if (child == 0) {
          const auto die = [&](std::int64_t done, std::int64_t) {
            if (done == deadly) ::_exit(9);
          };
          const WriteOptions options{.per_shard = 1, .threads = 1, .replace = replace, .progress = die};
          table ? write_csv(source.set, folder / "out" / "data.csv", options)
                : write_webdataset(source.set, shards_in(folder), options);
          ::_exit(0);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WEXITSTATUS(status) == 9);
      }
      if (replace) {
        check_same(older, read_webdataset((folder / "out").string()));
        check_same(older, read_webdataset((folder / "out" / "{00..03}.tar").string()));
        check_same(older, read_table(folder / "out" / "data.csv", TableFormat::kCsv));
      } else {
        CHECK_THROWS_AS(read_webdataset((folder / "out").string()), FileError);
        CHECK_FALSE(std::filesystem::exists(folder / "out" / "data.csv"));
      }
      // The next one takes away what was left, and is whole.
      write_webdataset(source.set, shards_in(folder), {.per_shard = 4, .replace = replace});
      write_csv(source.set, folder / "out" / "data.csv", {.replace = replace});
      check_same(source.set, read_webdataset((folder / "out").string()));
      check_same(source.set, read_table(folder / "out" / "data.csv", TableFormat::kCsv));
      for (const std::string& name : names_below(folder / "out")) CHECK_MESSAGE(!name.starts_with("."), name);
    }
  }
}

TEST_CASE("two writers of one set: the second is refused, the first is whole") {
  const Source source;
  const ScratchFolder folder;
  const auto file = folder / "out" / "data.csv";
  int refusals = 0;
  const auto second = [&](std::int64_t, std::int64_t) {
    if (refusals > 0) return;
    CHECK_THROWS_WITH_AS(write_webdataset(first_of(source.set, 2), shards_in(folder), {.replace = true}),
                         doctest::Contains("another tandem at work in it"), FileError);
    CHECK_NOTHROW(
        write_webdataset(first_of(source.set, 2), *open_pattern((folder / "out" / "other-{00..}.tar").string()), {}));
    ++refusals;
  };
  write_webdataset(source.set, shards_in(folder), {.per_shard = 2, .threads = 1, .progress = second});
  CHECK(refusals == 1);
  check_same(source.set, read_webdataset((folder / "out" / "{00..03}.tar").string()));
  refusals = 0;
  write_csv(source.set, file, {.threads = 1, .progress = [&](std::int64_t, std::int64_t) {
                                 CHECK_THROWS_WITH_AS(write_csv(first_of(source.set, 2), file, {.replace = true}),
                                                      doctest::Contains("another tandem at work in it"), FileError);
                                 ++refusals;
                               }});
  CHECK(refusals == 7);
  check_same(source.set, read_table(file, TableFormat::kCsv));
}

TEST_CASE("a set that is replaced on a full disk is still there, and nothing is left beside it") {
  const Source source;
  const ScratchFolder folder;
  const CaptionSet older = first_of(source.set, 4);
  write_webdataset(older, shards_in(folder), {.per_shard = 1});
  write_csv(older, folder / "out" / "data.csv", {});
  const auto before = contents_of(folder / "out");
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  for (const rlim_t limit :
       {rlim_t{0}, rlim_t{600}, rlim_t{11000}}) {  // the last lets small shards through and large ones not
    const rlimit small{.rlim_cur = limit, .rlim_max = old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    int failed = 0;
    try {
      write_webdataset(source.set, shards_in(folder), {.per_shard = 5, .replace = true});
    } catch (const FileError&) {
      ++failed;
    }
    const rlimit smaller{.rlim_cur = std::min<rlim_t>(limit, 300), .rlim_max = old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &smaller);
    try {
      write_csv(source.set, folder / "out" / "data.csv", {.replace = true});
    } catch (const FileError&) {
      ++failed;
    }
    ::setrlimit(RLIMIT_FSIZE, &old);
    CHECK(failed == 2);
    CHECK(contents_of(folder / "out") == before);
  }
  std::signal(SIGXFSZ, handler);
  check_same(older, read_table(folder / "out" / "data.csv", TableFormat::kCsv));
}

TEST_CASE("a table that is replaced keeps its pictures until the new one has its name") {
  const Source source;
  const ScratchFolder folder;
  const CaptionSet older = first_of(source.set, 2);
  const auto file = folder / "data.csv";
  make_folder(folder / "data_pictures_3");
  write_file(folder / "data_pictures_3" / "mine.txt", "mine");
  write_csv(older, file, {});
  const auto look = [&](std::int64_t, std::int64_t) { check_same(older, read_table(file, TableFormat::kCsv)); };
  write_csv(source.set, file, {.threads = 1, .replace = true, .progress = look});
  check_same(source.set, read_table(file, TableFormat::kCsv));
  CHECK_FALSE(std::filesystem::exists(folder / "data_pictures"));
  write_csv(older, file, {.replace = true});  // and back: the plain name is free again
  check_same(older, read_table(file, TableFormat::kCsv));
  CHECK(std::filesystem::exists(folder / "data_pictures"));
  CHECK_FALSE(std::filesystem::exists(folder / "data_pictures_2"));
  CHECK(read_file(folder / "data_pictures_3" / "mine.txt") == "mine");
}

TEST_CASE("Flickr8k goes through tar shards and comes back the same" * doctest::test_suite("data")) {
  TANDEM_SKIP_WITHOUT(shared_dir() / "data" / "flickr8k");
  CaptionSet set = read_data("flickr8k:" + (shared_dir() / "data" / "flickr8k").string(), {.limit = 200});
  set.defects.clear();
  const ScratchFolder folder;
  write_webdataset(set, shards_in(folder), {.per_shard = 64});
  check_same(set, read_data((folder / "out").string(), {}));
}
