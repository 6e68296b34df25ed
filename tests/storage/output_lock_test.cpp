#include "tandem/storage/output_lock.h"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;

TEST_CASE("one writer an output, others beside it, and nothing left") {
  const ScratchFolder folder;
  {
    const OutputLock lock(folder / "data.csv");
    CHECK_THROWS_WITH_AS(
        OutputLock(folder / "data.csv"),
        doctest::Contains(": expected a folder that nothing else is writing to, found another tandem at work in it"),
        FileError);
    const OutputLock other(folder / "other.csv");
  }
  CHECK(std::filesystem::is_empty(folder.path()));
  write_file(folder / ".data.csv.lock", "");  // of a process that was killed
  CHECK_NOTHROW(OutputLock(folder / "data.csv"));
  CHECK_THROWS_AS(OutputLock(folder / "none" / "data.csv"), FileError);
}

TEST_CASE("of many that take and leave the lock, never two have it") {
  const ScratchFolder folder;
  std::atomic<int> holders = 0, most = 0, taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 300; ++round) {
        try {
          const OutputLock lock(folder / "data.csv");
          const int now = ++holders;
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
          }
          ++taken;
          std::this_thread::yield();
          --holders;
        } catch (const FileError&) {
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(most == 1);
  CHECK(taken > 0);
}

TEST_CASE("leftovers of the output are removed, and what only looks like them is not") {
  const ScratchFolder folder;
  make_folder(folder / ".data.csv.Ab3xYz" / "inner");
  write_file(folder / ".data.csv.123456", "x");
  for (const char* name :
       {".data.csv.lock", ".data.csv.1234567", ".data.csv.12345", ".data.csv.12-456", ".data.csvx.123456", "data.csv"})
    write_file(folder / name, "kept");
  remove_stale_temporaries(folder / "data.csv");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 6);
}
