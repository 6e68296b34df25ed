#include "tandem/readers/cifar.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/data/caption_templates.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kPixels = 3072;

struct Layout {
  const char* name;
  const char* folder;  ///< that the archive unpacks to
  const char* class_names;
  std::size_t classes;
  std::int64_t labels;  ///< bytes in front of the pixels; the last is the class
  std::vector<std::string> train;
  std::string test;
  const char* python;  ///< a file of the Python version
};

Layout layout_of(CifarKind kind) {
  if (kind == CifarKind::kTen) {
    return {"cifar10", "cifar-10-batches-bin", "batches.meta.txt", 10, 1, {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"},
            "test_batch", "data_batch_1"};
  }
  return {"cifar100", "cifar-100-binary", "fine_label_names.txt", 100, 2, {"train"}, "test", "train"};
}

bool is_file(const Path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

std::vector<std::string> read_class_names(const Path& file, const Layout& layout) {
  const std::string bytes = read_file(file);
  std::string_view text = bytes;
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::string name(trimmed(take_line(text)));
    if (!name.empty()) names.push_back(name);
  }
  if (names.size() != layout.classes || !is_utf8(bytes)) {
    throw FileError(file, std::to_string(layout.classes) + " names of classes, one a line", std::to_string(names.size()));
  }
  return names;
}

class Reader {
 public:
  Reader(const Layout& layout, const DataOptions& options)
      : layout_(layout), options_(options), templates_(options.templates.empty() ? default_templates() : read_templates(options.templates)) {
    set_.name = layout.name;
  }

  CaptionSet read_batches(const Path& folder) {
    const std::vector<std::string> names = read_class_names(folder / layout_.class_names, layout_);
    Tally absent;
    for (const std::string& batch : layout_.train) read_batch(folder, batch, names, false, absent);
    read_batch(folder, layout_.test, names, true, absent);
    absent.remark(set_.remarks, "batches that are not there");
    return finish(folder);
  }

  CaptionSet read_class_folders(const Path& folder) {
    for (const auto& [side, is_test] : {std::pair{"train", false}, std::pair{"test", true}}) {
      for (const Path& of_class : sorted_entries(folder / side, true)) {
        const std::string label = of_class.filename().string();
        for (const Path& file : sorted_entries(of_class, false)) {
          add({.id = std::string(side) + "/" + label + "/" + file.filename().string(), .picture = {.file = file}, .captions = {}, .label = label}, is_test);
        }
      }
    }
    return finish(folder);
  }

 private:
  static std::vector<Path> sorted_entries(const Path& folder, bool folders) {
    std::vector<Path> entries;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code gone;
      if (folders ? entry->is_directory(gone) : entry->is_regular_file(gone)) entries.push_back(entry->path());
    }
    std::sort(entries.begin(), entries.end());
    return entries;
  }

  void read_batch(const Path& folder, const std::string& batch, const std::vector<std::string>& names, bool is_test, Tally& absent) {
    const Path file = folder / (batch + ".bin");
    if (!is_file(file)) return absent.add(batch + ".bin");
    const MappedFile map(file);
    const std::int64_t record = layout_.labels + kPixels, size = static_cast<std::int64_t>(map.bytes().size());
    if (size == 0 || size % record != 0) {
      throw FileError(file, "a whole number of pictures of " + std::to_string(record) + " bytes", std::to_string(size) + " bytes");
    }
    for (std::int64_t i = 0; i < size / record; ++i) {
      const auto label = static_cast<unsigned char>(map.bytes()[i * record + layout_.labels - 1]);
      if (label >= names.size()) {
        throw FileError(file, "classes below " + std::to_string(names.size()), std::to_string(label) + " for picture " + std::to_string(i));
      }
      add({.id = batch + "/" + std::to_string(i),
           .picture = {.file = file, .offset = i * record + layout_.labels, .bytes = kPixels, .coding = PictureCoding::kPlanes32},
           .captions = {},
           .label = names[label]},
          is_test);
    }
  }

  void add(CaptionedImage image, bool is_test) {
    const bool dev = split_by_hash(image.id) == Split::kDev;
    image.split = is_test ? Split::kTest : dev ? Split::kDev : Split::kTrain;
    gathering_.add_caption(image, generated_caption(templates_, image.label, image.id, options_.seed), image.id);
    gathering_.add_picture(set_, std::move(image));
  }

  CaptionSet finish(const Path& folder) {
    set_.remarks.push_back("captions were generated from the classes, one a picture by " + std::to_string(templates_.size()) + " templates, seed " +
                           std::to_string(options_.seed));
    set_.remarks.push_back("a tenth of the training pictures, by the hash of their ids, is dev");
    gathering_.finish(set_, folder);
    return std::move(set_);
  }

  const Layout& layout_;
  const DataOptions& options_;
  std::vector<std::string> templates_;
  CaptionSet set_;
  PictureGathering gathering_;
};

}  // namespace

CaptionSet read_cifar(const Path& folder, CifarKind kind, const DataOptions& options) {
  const Layout layout = layout_of(kind);
  for (const Path& place : {folder, folder / layout.folder}) {
    if (is_file(place / layout.class_names)) return Reader(layout, options).read_batches(place);
  }
  if (std::filesystem::is_directory(folder / "train") || std::filesystem::is_directory(folder / "test")) {
    return Reader(layout, options).read_class_folders(folder);
  }
  const bool python = is_file(folder / layout.python) || is_file(folder / (kind == CifarKind::kTen ? "cifar-10-batches-py" : "cifar-100-python") / layout.python);
  throw FileError(folder, std::string("the binary version's ") + layout.class_names + ", or class folders in train/ and test/",
                  python ? "the Python version, a pickle, which could run code (tandem fetch gets the binary one)"
                         : std::filesystem::is_directory(folder) ? "neither" : "no such folder");
}

}  // namespace tandem
