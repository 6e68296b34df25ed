#include "tandem/storage/atomic_file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::AtomicFile;
using tandem::FileError;
using tandem::read_file;
using tandem::write_file;
using tandem::tests::ScratchFolder;

namespace {

std::size_t entries_in(const ScratchFolder& folder) {
  const std::filesystem::directory_iterator begin(folder.path()), end;
  return static_cast<std::size_t>(std::distance(begin, end));
}

}  // namespace

TEST_CASE("a file appears whole when it is committed") {
  const ScratchFolder folder;
  AtomicFile file(folder / "notes.txt");
  file.write("one ");
  file.write("two");
  CHECK(!std::filesystem::exists(folder / "notes.txt"));
  file.commit();
  CHECK(read_file(folder / "notes.txt") == "one two");
  CHECK(entries_in(folder) == 1);
}

TEST_CASE("an abandoned file leaves the older one and no temporary") {
  const ScratchFolder folder;
  write_file(folder / "notes.txt", "old");
  {
    AtomicFile file(folder / "notes.txt");
    file.write("new");
  }
  CHECK(read_file(folder / "notes.txt") == "old");
  CHECK(entries_in(folder) == 1);
}

TEST_CASE("a full disk is an error and the old file stays") {
  const ScratchFolder folder;
  write_file(folder / "model.bin", "old");
  std::signal(SIGXFSZ, SIG_IGN);  // Writes past the limit then fail with an error number, as on a full disk.
  rlimit before = {};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit limit = before;
  limit.rlim_cur = 1000;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  CHECK_THROWS_WITH_AS(write_file(folder / "model.bin", std::string(5000, 'x')),
                       doctest::Contains("model.bin: expected room for the whole file, found File too large"),
                       FileError);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(read_file(folder / "model.bin") == "old");
  CHECK(entries_in(folder) == 1);
}

TEST_CASE("a missing folder is named before anything is written") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(write_file(folder / "no" / "such.txt", "x"), doctest::Contains("No such file or directory"),
                       FileError);
}

TEST_CASE("make_folder refuses a file of that name") {
  const ScratchFolder folder;
  write_file(folder / "taken", "x");
  CHECK_THROWS_AS(tandem::make_folder(folder / "taken"), FileError);
  tandem::make_folder(folder / "a" / "b");
  CHECK(std::filesystem::is_directory(folder / "a" / "b"));
}

TEST_CASE("files are as readable for others as the umask allows") {
  const ScratchFolder folder;
  const mode_t before = ::umask(022);
  write_file(folder / "page.html", "x");
  ::umask(before);
  struct stat status = {};
  REQUIRE(::stat((folder / "page.html").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0644);
}

TEST_CASE("however many threads write files, none ever lets others write into one") {
  const ScratchFolder folder;
  const mode_t before = ::umask(027);
  std::atomic<int> wrong = 0, seen = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::filesystem::path own = folder / std::to_string(i);
      std::filesystem::create_directory(own);
      for (int round = 0; round < 1500; ++round) {
        const AtomicFile file(own / "shard");
        std::ofstream(own / "other") << "a file of the program's that is none of these";
        for (const auto& entry : std::filesystem::directory_iterator(own)) {
          struct stat status = {};
          if (::stat(entry.path().c_str(), &status) != 0) continue;
          ++seen;
          wrong += (status.st_mode & 0777) != 0640;
        }
        std::filesystem::remove(own / "other");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(::umask(before) == 027);
  CHECK(seen == 2 * 8 * 1500);
  CHECK(wrong == 0);
}

TEST_CASE("read_file refuses folders and missing files in words") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(read_file(folder.path()), doctest::Contains("found a folder"), FileError);
  CHECK_THROWS_WITH_AS(read_file(folder / "none"), doctest::Contains("No such file or directory"), FileError);
}
