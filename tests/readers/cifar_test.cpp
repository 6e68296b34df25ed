#include "tandem/readers/cifar.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/data/caption_templates.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr const char* kNames = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";

/// A record: its class, and pixels that are all `level`.
std::string record(int label, char level) { return std::string(1, static_cast<char>(label)) + std::string(3072, level); }

struct Folder : ScratchFolder {
  Folder() {
    write_file(path() / "batches.meta.txt", kNames);
    std::string batch;
    for (int i = 0; i < 100; ++i) batch += record(i % 10, static_cast<char>(i));
    write_file(path() / "data_batch_1.bin", batch);
    write_file(path() / "test_batch.bin", record(3, 'c') + record(0, 'a'));
  }

  std::string complaint(CifarKind kind = CifarKind::kTen, const DataOptions& options = {}) const {
    try {
      read_cifar(path(), kind, options);
    } catch (const FileError& error) {
      return error.what();
    }
    return "nothing";
  }
};

bool says(const std::string& words, const std::string& part) { return words.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("CIFAR's binary batches are read in place with their classes and a caption each") {
  const Folder folder;
  const CaptionSet set = read_cifar(folder.path(), CifarKind::kTen);
  REQUIRE(set.images.size() == 102);
  CHECK(set.images[42].id == "data_batch_1/42");
  CHECK(set.images[42].label == "bird");
  CHECK(says(set.images[42].captions.at(0), "a bird"));
  CHECK(set.images[42].picture.offset == 42 * 3073 + 1);
  CHECK(read_picture(set.images[42].picture).pixels == std::vector<std::uint8_t>(3072, 42));
  CHECK(set.images[101].label == "airplane");
  CHECK(says(set.images[101].captions.at(0), "an airplane"));
  std::int64_t dev = 0;
  for (const CaptionedImage& image : set.images) {
    CHECK((image.split == Split::kTest) == image.id.starts_with("test_batch/"));
    dev += image.split == Split::kDev ? 1 : 0;
  }
  CHECK(dev > 2);
  CHECK(dev < 25);
  CHECK(has_remark(set, "batches that are not there: 4 (data_batch_2.bin"));
}

TEST_CASE("CIFAR-100 has its fine classes and the archive's folder is found") {
  const ScratchFolder folder;
  make_folder(folder / "cifar-100-binary");
  std::string names;
  for (int i = 0; i < 100; ++i) names += "fine_class_" + std::to_string(i) + "\n";
  write_file(folder / "cifar-100-binary" / "fine_label_names.txt", names);
  write_file(folder / "cifar-100-binary" / "train.bin", std::string(1, '\x4') + record(77, 'x'));
  const CaptionSet set = read_cifar(folder.path(), CifarKind::kHundred);
  REQUIRE(set.images.size() == 1);
  CHECK(set.images[0].label == "fine_class_77");
  CHECK(says(set.images[0].captions.at(0), "a fine class 77"));
  CHECK(read_picture(set.images[0].picture).pixels == std::vector<std::uint8_t>(3072, 'x'));
}

TEST_CASE("class folders make the same of pictures as files") {
  TANDEM_SKIP_WITHOUT(shared_dir() / "data" / "cifar10_jpeg");
  const CaptionSet set = read_cifar(shared_dir() / "data" / "cifar10_jpeg", CifarKind::kTen);
  CHECK(set.images.size() == 4000);
  std::set<std::string> labels, captions;
  for (const CaptionedImage& image : set.images) {
    labels.insert(image.label);
    captions.insert(image.captions.at(0));
  }
  CHECK(labels.size() == 10);
  CHECK(captions.size() == 10 * default_templates().size());
  CHECK(std::count_if(set.images.begin(), set.images.end(), [](const auto& image) { return image.split == Split::kTest; }) == 1000);
}

TEST_CASE("templates of one's own are used and the seed chooses among them") {
  const Folder folder;
  write_file(folder / "templates.txt", "\xEF\xBB\xBFthe {} of my life\r\n\nsee {}!\n");
  const auto captions = [&](std::uint64_t seed) {
    std::vector<std::string> all;
    for (const CaptionedImage& image : read_cifar(folder.path(), CifarKind::kTen, {.seed = seed, .templates = folder / "templates.txt"}).images) {
      all.push_back(image.captions.at(0));
    }
    return all;
  };
  const std::vector<std::string> first = captions(1);
  CHECK(std::find(first.begin(), first.end(), "the bird of my life") != first.end());
  CHECK(std::find(first.begin(), first.end(), "see an automobile!") != first.end());
  CHECK(first == captions(1));
  CHECK(first != captions(2));
}

TEST_CASE("what is no CIFAR is refused in one sentence") {
  Folder folder;
  CHECK(says(folder.complaint(CifarKind::kHundred), "fine_label_names.txt, or class folders in train/ and test/, found neither"));
  write_file(folder / "bad.txt", "no place\n");
  CHECK(says(folder.complaint(CifarKind::kTen, {.templates = folder / "bad.txt"}), "bad.txt: expected one {} for the class on line 1, found \"no place\""));
  write_file(folder / "bad.txt", "{} and {}\n");
  CHECK(says(folder.complaint(CifarKind::kTen, {.templates = folder / "bad.txt"}), "one {} for the class"));
  write_file(folder / "bad.txt", "\n");
  CHECK(says(folder.complaint(CifarKind::kTen, {.templates = folder / "bad.txt"}), "found none"));
  write_file(folder / "test_batch.bin", record(3, 'c') + "x");
  CHECK(says(folder.complaint(), "test_batch.bin: expected a whole number of pictures of 3073 bytes, found 3074 bytes"));
  write_file(folder / "test_batch.bin", record(10, 'c'));
  CHECK(says(folder.complaint(), "test_batch.bin: expected classes below 10, found 10 for picture 0"));
  write_file(folder / "batches.meta.txt", "cat\n");
  CHECK(says(folder.complaint(), "10 names of classes, one a line, found 1"));
  const ScratchFolder python;
  write_file(python / "data_batch_1", "\x80\x02}q");
  CHECK_THROWS_WITH_AS(read_cifar(python.path(), CifarKind::kTen), doctest::Contains("a pickle, which could run code"), FileError);
}
