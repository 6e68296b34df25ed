#include "tandem/fetching/datasets/unpack_archive.h"

#include <doctest/doctest.h>

#include "fetching/datasets/made_archive.h"
#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/durable_folder.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr ArchiveKind kKinds[] = {ArchiveKind::kZip, ArchiveKind::kTarGz};

/// What unpacking says when it fails; nothing may lie outside OUT afterwards.
std::string complaint(const ScratchFolder& folder, const std::string& bytes, const UnpackOptions& options = {}) {
  write_file(folder / "archive", bytes);
  std::string said;
  try {
    unpack_archive(folder / "archive", folder / "deep/out", options);
  } catch (const FileError& error) {
    said = error.what();
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    const std::string name = entry.path().lexically_relative(folder.path()).string();
    CHECK_MESSAGE((name == "archive" || name.starts_with("deep")), name);
    CHECK(!entry.is_symlink());
  }
  std::filesystem::remove_all(folder / "deep");
  return said;
}

void check_file_holds(const std::string& text, const std::string& part) {
  CHECK_MESSAGE(text.find(part) != std::string::npos, "said: ", text, " without: ", part);
}

}  // namespace

TEST_CASE("zip and gzipped tar come out as they went in") {
  for (const ArchiveKind kind : kKinds) {
    const ScratchFolder folder;
    const std::string large(300000, 'x');
    write_file(folder / "archive", archive_bytes(kind, {{.name = "a/", .kind = AE_IFDIR},
                                                        {.name = "a/b.txt", .content = "hello"},
                                                        {.name = "./c.bin", .content = large},
                                                        {.name = "__MACOSX/a/._b.txt", .content = "?"},
                                                        {.name = "empty", .content = ""}}));
    CHECK(unpack_archive(folder / "archive", folder / "out") == 3);
    CHECK(read_file(folder / "out/a/b.txt") == "hello");
    CHECK(read_file(folder / "out/c.bin") == large);
    CHECK(read_file(folder / "out/empty").empty());
    CHECK(!std::filesystem::exists(folder / "out/__MACOSX"));
    CHECK((std::filesystem::status(folder / "out/a/b.txt").permissions() & std::filesystem::perms::owner_exec) ==
          std::filesystem::perms::none);
    make_folder_durable(folder / "out");
    CHECK(unpack_archive(folder / "archive", folder / "some", {.keep = {"a/"}}) == 1);
    CHECK(!std::filesystem::exists(folder / "some/c.bin"));
  }
}

TEST_CASE("names that would leave the folder are refused") {
  const ScratchFolder folder;
  for (const ArchiveKind kind : kKinds) {
    for (const char* name : {"../evil", "a/../../evil", "/tmp/tandem-evil", "a/./b", "a//b", "..", "a\\..\\b"}) {
      check_file_holds(
          complaint(folder, archive_bytes(kind, {{.name = "good", .content = "x"}, {.name = name, .content = "x"}})),
          "names that stay in a folder");
    }
  }
  CHECK(!std::filesystem::exists("/tmp/tandem-evil"));
}

TEST_CASE("links and devices are refused even where their names are harmless") {
  const ScratchFolder folder;
  for (const ArchiveKind kind : kKinds) {
    check_file_holds(complaint(folder, archive_bytes(kind, {{.name = "l", .kind = AE_IFLNK, .target = "/etc"},
                                                            {.name = "l/passwd", .content = "x"}})),
                     "a link or a device");
  }
  check_file_holds(
      complaint(folder, archive_bytes(ArchiveKind::kTarGz, {{.name = "a", .content = "x"},
                                                            {.name = "b", .target = "/etc/passwd", .hard = true}})),
      "a link or a device");
  check_file_holds(complaint(folder, archive_bytes(ArchiveKind::kTarGz, {{.name = "d", .kind = AE_IFCHR}})),
                   "a link or a device");
  check_file_holds(complaint(folder, archive_bytes(ArchiveKind::kTarGz, {{.name = "p", .kind = AE_IFIFO}})),
                   "a link or a device");
}

TEST_CASE("a name twice and a file where a folder must be are refused") {
  const ScratchFolder folder;
  check_file_holds(complaint(folder, archive_bytes(ArchiveKind::kZip,
                                                   {{.name = "a", .content = "x"}, {.name = "a", .content = "y"}})),
                   "not there yet");
  CHECK(!complaint(folder,
                   archive_bytes(ArchiveKind::kTarGz, {{.name = "a", .content = "x"}, {.name = "a/b", .content = "y"}}))
             .empty());
}

TEST_CASE("an archive cut off anywhere is refused") {
  const ScratchFolder folder;
  for (const ArchiveKind kind : kKinds) {
    const std::string whole = archive_bytes(
        kind, {{.name = "a", .content = std::string(3000, 'a')}, {.name = "b", .content = "some more text"}});
    // The last bytes of a zip are the length of an empty comment; all but those are wanted.
    for (std::size_t length = 0; length + 8 < whole.size(); length += 5) {
      CHECK_MESSAGE(!complaint(folder, whole.substr(0, length)).empty(), static_cast<int>(kind), " ", length);
    }
  }
  CHECK(!complaint(folder, "<html>no such file</html>").empty());
}

TEST_CASE("damaged bytes are found by the checksums of a zip") {  // libarchive does not check gzip's.
  const ScratchFolder folder;
  std::string text;
  for (std::int64_t i = 0; i < 2000; ++i) text += std::to_string(i * i * 7919 % 10007);
  std::string bytes = archive_bytes(ArchiveKind::kZip, {{.name = "a", .content = text}});
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
  CHECK(!complaint(folder, bytes).empty());
}

TEST_CASE("an archive that grows without end or has nothing of use is refused") {
  const ScratchFolder folder;
  const std::string bomb = archive_bytes(ArchiveKind::kZip, {{.name = "a", .content = std::string(3000000, '0')}});
  CHECK(bomb.size() < 10000);
  check_file_holds(complaint(folder, bomb, {.most_bytes = 1000000}), "at most 1000000 bytes");
  check_file_holds(complaint(folder, archive_bytes(ArchiveKind::kZip, {{.name = "a"}, {.name = "b"}, {.name = "c"}}),
                             {.most_members = 2}),
                   "at most 2 members");
  check_file_holds(
      complaint(folder, archive_bytes(ArchiveKind::kZip, {{.name = "a", .content = "x"}}), {.keep = {"b"}}),
      "none of them");
}

TEST_CASE("damage for which libarchive has no words is refused like any other") {
  const tests::ScratchFolder folder;
  const auto archive = tests::source_dir() / "tests" / "fuzz" / "seeds" / "archive" / "damaged_without_a_reason.tar.gz";
  CHECK_THROWS_WITH_AS(unpack_archive(archive, folder / "out"),
                       doctest::Contains("expected a whole zip or tar.gz archive, found damaged bytes"), FileError);
}
