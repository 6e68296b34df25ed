#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

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

RgbImage flat(std::uint8_t level) { return {.height = 8, .width = 9, .pixels = std::vector<std::uint8_t>(3 * 8 * 9, level)}; }

/// Seven pictures whose ids and captions are as awkward as they may be.
struct Source : ScratchFolder {
  CaptionSet set;

  Source() {
    const std::vector<std::string> ids = {"plain.jpg", "deep/er/two.png", "no ending", "x.v2.jpg", "ünïcode/日本.jpg", "../outside.jpg", "comma, \"quote\".jpg"};
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
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) names.push_back(entry.path().lexically_relative(folder).string());
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
  CHECK(names_below(folder / "out") == std::vector<std::string>{"00.tar", "01.tar", "02.tar"});
  check_same(source.set, read_webdataset((folder / "out" / "{00..02}.tar").string()));
  const std::string first = read_file(folder / "out" / "01.tar");
  CHECK_THROWS_WITH_AS(write_webdataset(source.set, shards_in(folder), {.per_shard = 3}), doctest::Contains("no file of that name yet"), FileError);
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
  for (const WrittenData& written :
       {write_webdataset(source.set, shards_in(folder), {.per_shard = 2}), write_csv(source.set, folder / "data.csv", {})}) {
    CHECK(written.pictures == 5);
    REQUIRE(written.left_out.size() == 1);
    CHECK(written.left_out[0].count() == 2);
    CHECK(written.left_out[0].names().find("1: expected a picture") != std::string::npos);
  }
  CHECK_THROWS_WITH_AS(write_csv(source.set, folder / "strict.csv", {.strict = true}), doctest::Contains("expected a"), FileError);
  CHECK_THROWS_WITH_AS(write_webdataset(source.set, *open_pattern((folder / "strict" / "{0..}.tar").string()), {.strict = true}), doctest::Contains("expected a"), FileError);
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

TEST_CASE("Flickr8k goes through tar shards and comes back the same") {
  TANDEM_SKIP_WITHOUT(shared_dir() / "data" / "flickr8k");
  CaptionSet set = read_data("flickr8k:" + (shared_dir() / "data" / "flickr8k").string(), {.limit = 200});
  set.defects.clear();
  const ScratchFolder folder;
  write_webdataset(set, shards_in(folder), {.per_shard = 64});
  check_same(set, read_data((folder / "out").string(), {}));
}
