#include "tandem/storage/replaced_folder.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

namespace {

using Path = std::filesystem::path;

/// a.txt and b.txt are the result; everything else is the user's.
bool is_result(const Path& entry) {
  const Path name = entry.filename();
  return name == "a.txt" || name == "b.txt" || name == "stale.txt";
}

void write_result(const Path& folder, const std::string& content) {
  make_folder(folder);
  write_file(folder / "a.txt", content);
  write_file(folder / "b.txt", content);
}

/// The content of both files; nothing if one is missing or they differ.
std::optional<std::string> result_in(const Path& folder) {
  if (!std::filesystem::exists(folder / "a.txt") || !std::filesystem::exists(folder / "b.txt")) return std::nullopt;
  const std::string a = read_file(folder / "a.txt");
  const std::string b = read_file(folder / "b.txt");
  return a == b ? std::optional(a) : std::nullopt;
}

void replace(const Path& folder, const std::string& content, ReplacedFolderOptions options = {}) {
  ReplacedFolder replaced(folder, is_result, options);
  write_result(replaced.begin(), content);
  replaced.finish();
}

std::set<std::string> names_in(const Path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

/// As a killed process leaves a folder of its own.
void leave(const Path& folder, const std::string& content) {
  write_result(folder, content);
  write_file(folder / ".lock", "");
}

}  // namespace

TEST_CASE("the old content stays until the new one is finished, and nothing of it after") {
  for (const bool exchange : {true, false}) {
    const ScratchFolder folder;
    write_result(folder / "run", "old");
    write_file(folder / "run" / "stale.txt", "old");
    {
      ReplacedFolder replaced(folder / "run", is_result, {.exchange = exchange});
      write_result(replaced.begin(), "new");
      CHECK(result_in(folder / "run") == "old");
      replaced.finish();
      CHECK(result_in(folder / "run") == "new");
    }
    CHECK(names_in(folder / "run") == std::set<std::string>{".lock", "a.txt", "b.txt"});
    CHECK(names_in(folder.path()) == std::set<std::string>{"run"});
  }
}

TEST_CASE("what is not the result's is moved into the new folder") {
  const ScratchFolder folder;
  write_result(folder / "run", "old");
  write_file(folder / "run" / "notes.md", "mine");
  write_result(folder / "run" / "maps", "mine too");
  replace(folder / "run", "new");
  CHECK(result_in(folder / "run") == "new");
  CHECK(read_file(folder / "run" / "notes.md") == "mine");
  CHECK(result_in(folder / "run" / "maps") == "mine too");
}

TEST_CASE("new content takes no name that something of the user's has") {
  const ScratchFolder folder;
  write_result(folder / "run", "old");
  write_file(folder / "run" / "notes.md", "mine");
  {
    ReplacedFolder replaced(folder / "run", is_result);
    write_result(replaced.begin(), "new");
    write_file(replaced.beside() / "notes.md", "not mine");
    CHECK_THROWS_WITH_AS(replaced.finish(), doctest::Contains("notes.md: expected nothing of that name"), FileError);
  }
  CHECK(result_in(folder / "run") == "old");
  CHECK(read_file(folder / "run" / "notes.md") == "mine");
  CHECK(names_in(folder.path()) == std::set<std::string>{"run"});
}

TEST_CASE("content that is given up leaves the old one and nothing else") {
  const ScratchFolder folder;
  write_result(folder / "run", "old");
  {
    ReplacedFolder replaced(folder / "run", is_result);
    write_file(replaced.begin() / "a.txt", "new");
  }
  CHECK(result_in(folder / "run") == "old");
  { ReplacedFolder(folder / "fresh", is_result).begin(); }
  CHECK(names_in(folder.path()) == std::set<std::string>{"run"});
}

TEST_CASE("unfinished content that is kept is there to go on with, and else removed") {
  const ScratchFolder folder;
  write_result(folder / "run", "old");
  {
    ReplacedFolder replaced(folder / "run", is_result);
    write_file(replaced.begin() / "a.txt", "new");
    replaced.keep_unfinished();
  }
  write_file(ReplacedFolder::beside(folder / "run") / ".a.txt.AbC123", "half of a file");
  {
    ReplacedFolder replaced(folder / "run", is_result);
    REQUIRE(replaced.has_unfinished());
    CHECK(names_in(replaced.go_on()) == std::set<std::string>{".lock", "a.txt"});
    replaced.keep_unfinished();
  }
  {
    ReplacedFolder replaced(folder / "run", is_result);
    CHECK(names_in(replaced.begin()) == std::set<std::string>{".lock"});
  }
  CHECK(names_in(folder.path()) == std::set<std::string>{"run"});
}

TEST_CASE("of two writers of one folder the second is refused") {
  const ScratchFolder folder;
  write_result(folder / "run", "old");
  std::filesystem::create_directory_symlink(folder / "run", folder / "link");
  ReplacedFolder first(folder / "run", is_result);
  write_result(first.begin(), "new");
  CHECK_THROWS_WITH_AS(ReplacedFolder(folder / "run", is_result), doctest::Contains("another tandem at work in it"),
                       FileError);
  CHECK_THROWS_WITH_AS(ReplacedFolder(folder / "link", is_result), doctest::Contains("another tandem at work in it"),
                       FileError);
  first.finish();
  CHECK_THROWS_WITH_AS(ReplacedFolder(folder / "run", is_result), doctest::Contains("another tandem at work in it"),
                       FileError);
  CHECK(result_in(folder / "link") == "new");
}

TEST_CASE("every state that a kill can leave becomes the old content or the new") {
  const auto recovered = [](const ScratchFolder& folder) {
    { const ReplacedFolder replaced(folder / "run", is_result); }
    CHECK(names_in(folder.path()) == std::set<std::string>{"run"});
    CHECK(!std::filesystem::exists(folder / "run" / ".whole"));
    CHECK(read_file(folder / "run" / "mine") == "mine");
    return result_in(folder / "run");
  };
  const auto state = [](const Path& place, const char* content, bool whole, bool users = false) {
    leave(place, content);
    if (whole) write_file(place / ".whole", "");
    if (users) write_file(place / "mine", "mine");
  };
  const ScratchFolder before, after, aside, renamed, cleared;
  state(before / "run", "old", false, true);
  state(before / ".run.new", "new", true);  // whole, not yet exchanged
  CHECK(recovered(before) == "new");
  state(after / "run", "new", true);
  state(after / ".run.new", "old", false, true);  // exchanged, the old one not yet removed
  CHECK(recovered(after) == "new");
  state(aside / ".run.old", "old", false, true);  // between two renames
  state(aside / ".run.new", "new", true);
  CHECK(recovered(aside) == "new");
  state(renamed / ".run.old", "old", false, true);  // after both
  state(renamed / "run", "new", true);
  CHECK(recovered(renamed) == "new");
  state(cleared / "run", "new", true, true);  // nothing left to do but to remove the mark
  CHECK(recovered(cleared) == "new");
  const ScratchFolder lost;
  state(lost / ".run.old", "old", false, true);
  CHECK(recovered(lost) == "old");
}

TEST_CASE("a folder beside that is not ours is not touched") {
  const ScratchFolder folder;
  write_result(folder / "run", "old");
  write_result(folder / ".run.new", "the user's");
  CHECK_THROWS_WITH_AS(ReplacedFolder(folder / "run", is_result), doctest::Contains("found a folder of something else"),
                       FileError);
  CHECK(result_in(folder / ".run.new") == "the user's");
}

TEST_CASE("abandoned temporaries of the result are removed, and no other hidden file") {
  const ScratchFolder folder;
  write_result(folder / "run", "old");
  const std::set<std::string> others = {".notes.md.backup", ".b.txt", ".profile", ".a.txt.AbC12"};
  for (const std::string& name : others) write_file(folder / "run" / name, "x");
  write_file(folder / "run" / ".a.txt.AbC123", "x");
  { const ReplacedFolder replaced(folder / "run", is_result); }
  std::set<std::string> kept = others;
  kept.insert({".lock", "a.txt", "b.txt"});
  CHECK(names_in(folder / "run") == kept);
}

TEST_CASE("a full disk leaves the old content and no half of the new") {
  const ScratchFolder folder;
  write_result(folder / "run", "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit limit = before;
  limit.rlim_cur = 1000;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  CHECK_THROWS_AS(replace(folder / "run", std::string(5000, 'x')), FileError);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(result_in(folder / "run") == "old");
  CHECK(names_in(folder.path()) == std::set<std::string>{"run"});
}

TEST_CASE("the working folder is built in where it has nothing to lose, and else refused") {
  const ScratchFolder folder;
  const Path before = std::filesystem::current_path();
  std::filesystem::create_directory(folder / "run");
  std::filesystem::current_path(folder / "run");
  replace(".", "new");
  CHECK_THROWS_WITH_AS(replace(".", "newer"), doctest::Contains("the working folder, which has to keep its name"),
                       FileError);
  std::filesystem::current_path(before);
  CHECK(result_in(folder / "run") == "new");
  CHECK(names_in(folder.path()) == std::set<std::string>{"run"});
}

TEST_CASE("the new folder has the permissions of the old one, and a link to it leads to the new one") {
  const ScratchFolder folder;
  write_result(folder / "run", "old");
  std::filesystem::permissions(folder / "run", std::filesystem::perms(0750));
  std::filesystem::create_directory_symlink("run", folder / "link");
  replace(folder / "link" / "", "new");
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(result_in(folder / "run") == "new");
  CHECK(std::filesystem::status(folder / "run").permissions() == std::filesystem::perms(0750));
}

TEST_CASE("a writer killed at any moment leaves the old content or the new, whole" * doctest::test_suite("slow")) {
  for (const bool exchange : {true, false}) {
    const ScratchFolder folder;
    const Path run = folder / "run";
    write_result(run, "0");
    write_file(run / "mine", "mine");
    std::mt19937 chance(7);
    for (int kill = 0; kill < 60; ++kill) {
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        try {
          for (int number = 1;; ++number)
            replace(run, std::to_string(kill) + "." + std::to_string(number), {.exchange = exchange});
        } catch (...) {
          ::_exit(1);
        }
      }
      std::this_thread::sleep_for(std::chrono::microseconds(chance() % 20000));
      ::kill(child, SIGKILL);
      int status = 0;
      ::waitpid(child, &status, 0);
      REQUIRE(WIFSIGNALED(status));
      // Without an exchange of names, the next writer completes what was between two renames.
      if (!exchange) ReplacedFolder(run, is_result, {.exchange = false});
      CHECK(result_in(run).has_value());
    }
    { const ReplacedFolder last(run, is_result); }
    CHECK(read_file(run / "mine") == "mine");
    replace(run, "last");
    CHECK(names_in(run) == std::set<std::string>{".lock", "a.txt", "b.txt", "mine"});
    CHECK(names_in(folder.path()) == std::set<std::string>{"run"});
  }
}
