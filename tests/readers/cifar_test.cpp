#include "tandem/readers/cifar.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "data/has_remark.h"
#include "tandem/base/errors.h"
#include "tandem/data/caption_templates.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr const char* kNames = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";

/// A record: its class, and pixels that are all `level`.
std::string record(int label, char level) {
  return std::string(1, static_cast<char>(label)) + std::string(3072, level);
}

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

TEST_CASE("class folders make the same of pictures as files" * doctest::test_suite("data")) {
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
  CHECK(std::count_if(set.images.begin(), set.images.end(),
                      [](const auto& image) { return image.split == Split::kTest; }) == 1000);
}

TEST_CASE("templates of one's own are used and the seed chooses among them") {
  const Folder folder;
  write_file(folder / "templates.txt", "\xEF\xBB\xBFthe {} of my life\r\n\nsee {}!\n");
  const auto captions = [&](std::uint64_t seed) {
    std::vector<std::string> all;
    for (const CaptionedImage& image :
         read_cifar(folder.path(), CifarKind::kTen, {.seed = seed, .templates = folder / "templates.txt"}).images) {
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
  CHECK(says(
      folder.complaint(CifarKind::kHundred),
      "fine_label_names.txt, the Python version's meta, or class folders in train/ and test/, found none of them"));
  write_file(folder / "bad.txt", "no place\n");
  CHECK(says(folder.complaint(CifarKind::kTen, {.templates = folder / "bad.txt"}),
             "bad.txt: expected one {} for the class on line 1, found \"no place\""));
  write_file(folder / "bad.txt", "{} and {}\n");
  CHECK(says(folder.complaint(CifarKind::kTen, {.templates = folder / "bad.txt"}), "one {} for the class"));
  write_file(folder / "bad.txt", "\n");
  CHECK(says(folder.complaint(CifarKind::kTen, {.templates = folder / "bad.txt"}), "found none"));
  write_file(folder / "test_batch.bin", record(3, 'c') + "x");
  CHECK(
      says(folder.complaint(), "test_batch.bin: expected a whole number of pictures of 3073 bytes, found 3074 bytes"));
  write_file(folder / "test_batch.bin", record(10, 'c'));
  CHECK(says(folder.complaint(), "test_batch.bin: expected classes from 0 to 9, found 10 for picture 0"));
  write_file(folder / "batches.meta.txt", "cat\n");
  CHECK(says(folder.complaint(), "10 names of classes, found 1"));
}

TEST_CASE("CIFAR's Python version is read without running it, with the ids of the binary one") {
  const auto reference = reference_dir() / "archives";
  for (const char* name : {"batch_python2.pickle", "batch_protocol3.pickle", "batch_protocol4.pickle"}) {
    CAPTURE(name);
    const ScratchFolder folder;
    const auto inner = folder / "cifar-10-batches-py";
    make_folder(inner);
    std::filesystem::copy_file(reference / "meta.pickle", inner / "batches.meta");
    std::filesystem::copy_file(reference / name, inner / "data_batch_2");
    std::filesystem::copy_file(reference / name, inner / "test_batch");
    const CaptionSet set = read_cifar(folder.path(), CifarKind::kTen);
    REQUIRE(set.images.size() == 8);
    CHECK(set.images[1].id == "data_batch_2/1");
    CHECK(set.images[1].label == "class0");
    CHECK(set.images[6].label == "class9");
    CHECK(set.images[6].split == Split::kTest);
    const RgbImage picture = read_picture(set.images[6].picture);
    CHECK(picture.pixels[0] == 6);
    CHECK(picture.pixels[1] == 7);
    CHECK(picture.pixels[3071] == 8);
    CHECK(has_remark(set, "batches that are not there: 4 (data_batch_1, data_batch_3, data_batch_4 and 1 more)"));
  }
  const ScratchFolder folder;
  std::filesystem::copy_file(reference / "meta.pickle", folder / "batches.meta");
  const auto refuses = [&](const std::string& batch, const char* part) {
    write_file(folder / "test_batch", batch);
    CHECK_THROWS_WITH_AS(read_cifar(folder.path(), CifarKind::kTen), doctest::Contains(part), FileError);
  };
  refuses(
      "\x80\x02"
      "cos\nsystem\n.",
      "test_batch: expected nothing but arrays, lists, texts and numbers");
  refuses("\x80\x02}U\x06labels]s.",
          "test_batch: expected \"data\" of N x 3072 bytes and N \"labels\", found something else");
  std::string batch = read_file(reference / "batch_python2.pickle");
  batch[batch.find("K\x09") + 1] = 11;
  refuses(batch, "test_batch: expected classes from 0 to 9, found 11 for picture 2");
}
