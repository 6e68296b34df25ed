#include "tandem/readers/cifar.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/data/caption_templates.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/pickled_dict.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kPixels = 3072;

struct CifarLayout {
  const char* name;
  std::size_t classes;
  std::vector<std::string> train;
  std::string test;
  const char *binary_folder,
      *binary_names;           ///< the folder that the archive unpacks to; the file with the class names in it
  std::int64_t binary_labels;  ///< bytes before the pixels; the last is the class
  const char *python_folder, *python_names;
  const char *python_names_key, *python_labels_key;
};

CifarLayout cifar_layout(CifarKind kind) {
  if (kind == CifarKind::kTen) {
    return {.name = "cifar10",
            .classes = 10,
            .train = {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"},
            .test = "test_batch",
            .binary_folder = "cifar-10-batches-bin",
            .binary_names = "batches.meta.txt",
            .binary_labels = 1,
            .python_folder = "cifar-10-batches-py",
            .python_names = "batches.meta",
            .python_names_key = "label_names",
            .python_labels_key = "labels"};
  }
  return {.name = "cifar100",
          .classes = 100,
          .train = {"train"},
          .test = "test",
          .binary_folder = "cifar-100-binary",
          .binary_names = "fine_label_names.txt",
          .binary_labels = 2,
          .python_folder = "cifar-100-python",
          .python_names = "meta",
          .python_names_key = "fine_label_names",
          .python_labels_key = "fine_labels"};
}

bool is_file(const Path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

using Names = std::vector<std::string>;

Names checked_names(Names names, const Path& file, const CifarLayout& layout) {
  const bool speak =
      std::all_of(names.begin(), names.end(), [](const std::string& name) { return is_utf8(name) && !is_blank(name); });
  if (names.size() != layout.classes || !speak) {
    throw FileError(file, std::to_string(layout.classes) + " names of classes",
                    speak ? std::to_string(names.size()) : "one that is none");
  }
  return names;
}

Names read_class_names(const Path& file, const CifarLayout& layout) {
  const std::string bytes = read_file(file);
  std::string_view text = bytes;
  Names names;
  while (!text.empty()) {
    const std::string name(trimmed(take_line(text)));
    if (!name.empty()) names.push_back(name);
  }
  return checked_names(std::move(names), file, layout);
}

class Reader {
 public:
  Reader(const CifarLayout& layout, const DataOptions& options)
      : layout_(layout),
        options_(options),
        templates_(options.templates.empty() ? default_templates() : read_templates(options.templates)) {
    set_.name = layout.name;
  }

  CaptionSet read_binary(const Path& folder) {
    const Names names = read_class_names(folder / layout_.binary_names, layout_);
    read_batches(folder, ".bin", [&](const Path& file, const std::string& batch, bool is_test) {
      read_binary_batch(file, batch, names, is_test);
    });
    return finish(folder);
  }

  CaptionSet read_python(const Path& folder) {
    const Path meta = folder / layout_.python_names;
    const Names names =
        checked_names(parse_pickled_dict(read_file(meta), meta).texts[layout_.python_names_key], meta, layout_);
    read_batches(folder, "", [&](const Path& file, const std::string& batch, bool is_test) {
      read_python_batch(file, batch, names, is_test);
    });
    return finish(folder);
  }

  CaptionSet read_class_folders(const Path& folder) {
    for (const auto& [side, is_test] : {std::pair{"train", false}, std::pair{"test", true}}) {
      for (const Path& of_class : sorted_entries(folder / side, true)) {
        const std::string label = of_class.filename().string();
        for (const Path& file : sorted_entries(of_class, false)) {
          add({.id = std::string(side) + "/" + label + "/" + file.filename().string(),
               .picture = {.file = file},
               .captions = {},
               .label = label},
              is_test);
        }
      }
    }
    return finish(folder);
  }

 private:
  static std::vector<Path> sorted_entries(const Path& folder, bool folders) {
    std::vector<Path> entries;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code gone;
      if (folders ? entry->is_directory(gone) : entry->is_regular_file(gone)) entries.push_back(entry->path());
    }
    std::sort(entries.begin(), entries.end());
    return entries;
  }

  template <typename ReadBatch>
  void read_batches(const Path& folder, const char* ending, const ReadBatch& read_batch) {
    Tally absent;
    const auto read = [&](const std::string& batch, bool is_test) {
      const Path file = folder / (batch + ending);
      if (!is_file(file)) return absent.add(file.filename().string());
      read_batch(file, batch, is_test);
    };
    for (const std::string& batch : layout_.train) read(batch, false);
    read(layout_.test, true);
    absent.remark(set_.remarks, "batches that are not there");
  }

  void read_binary_batch(const Path& file, const std::string& batch, const Names& names, bool is_test) {
    const MappedFile map(file);
    const std::int64_t record = layout_.binary_labels + kPixels;
    const std::int64_t size = static_cast<std::int64_t>(map.bytes().size());
    if (size == 0 || size % record != 0) {
      throw FileError(file, "a whole number of pictures of " + std::to_string(record) + " bytes",
                      std::to_string(size) + " bytes");
    }
    for (std::int64_t i = 0; i < size / record; ++i) {
      const auto label = static_cast<unsigned char>(map.bytes()[i * record + layout_.binary_labels - 1]);
      add_planes(file, batch, i, i * record + layout_.binary_labels, label, names, is_test);
    }
  }

  void read_python_batch(const Path& file, const std::string& batch, const Names& names, bool is_test) {
    const MappedFile map(file);
    const PickledDict dict = parse_pickled_dict(map.bytes(), file);
    const auto data = dict.arrays.find("data");
    const auto labels = dict.integers.find(layout_.python_labels_key);
    if (data == dict.arrays.end() || labels == dict.integers.end() || data->second.shape.size() != 2 ||
        data->second.shape[1] != kPixels || data->second.shape[0] != static_cast<std::int64_t>(labels->second.size())) {
      throw FileError(file, std::string("\"data\" of N x 3072 bytes and N \"") + layout_.python_labels_key + "\"",
                      "something else");
    }
    for (std::int64_t i = 0; i < data->second.shape[0]; ++i) {
      add_planes(file, batch, i, data->second.offset + i * kPixels, labels->second[i], names, is_test);
    }
  }

  void add_planes(const Path& file, const std::string& batch, std::int64_t i, std::int64_t offset, std::int64_t label,
                  const Names& names, bool is_test) {
    if (label < 0 || label >= static_cast<std::int64_t>(names.size())) {
      throw FileError(file, "classes from 0 to " + std::to_string(names.size() - 1),
                      std::to_string(label) + " for picture " + std::to_string(i));
    }
    add({.id = batch + "/" + std::to_string(i),
         .picture = {.file = file, .offset = offset, .bytes = kPixels, .coding = PictureCoding::kPlanes32},
         .captions = {},
         .label = names[label]},
        is_test);
  }

  void add(CaptionedImage image, bool is_test) {
    const Split hashed = split_by_hash(image.id) == Split::kDev ? Split::kDev : Split::kTrain;
    image.split = is_test ? Split::kTest : hashed;
    gathering_.add_caption(image, generated_caption(templates_, image.label, image.id, options_.seed), image.id);
    gathering_.add_picture(set_, std::move(image));
  }

  CaptionSet finish(const Path& folder) {
    set_.remarks.push_back("captions were generated from the classes, one a picture by " +
                           std::to_string(templates_.size()) + " templates, seed " + std::to_string(options_.seed));
    set_.remarks.push_back("a tenth of the training pictures, by the hash of their ids, is dev");
    gathering_.finish(set_, folder);
    return std::move(set_);
  }

  const CifarLayout& layout_;
  const DataOptions& options_;
  std::vector<std::string> templates_;
  CaptionSet set_;
  PictureGathering gathering_;
};

/// Whether the folder has CIFAR-10's classes as its folders, and no others.
bool has_ten_classes(const Path& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (entry->is_directory(gone)) names.insert(entry->path().filename().string());
  }
  return names == std::set<std::string>{"airplane", "automobile", "bird",  "cat",  "deer",
                                        "dog",      "frog",       "horse", "ship", "truck"};
}

/// The folder itself or the one the archive unpacks to, whichever holds the file; empty if neither
/// does.
Path place_of(const Path& folder, const char* inner, const char* file) {
  for (const Path& place : {folder, folder / inner}) {
    if (is_file(place / file)) return place;
  }
  return {};
}

Path binary_place(const Path& folder, const CifarLayout& layout) {
  return place_of(folder, layout.binary_folder, layout.binary_names);
}

/// "meta" alone is too common a name: the test batch must exist too.
Path python_place(const Path& folder, const CifarLayout& layout) {
  const Path place = place_of(folder, layout.python_folder, layout.python_names);
  return place.empty() || !is_file(place / layout.test) ? Path() : place;
}

}  // namespace

bool is_cifar(const Path& folder, CifarKind kind) {
  const CifarLayout layout = cifar_layout(kind);
  if (!binary_place(folder, layout).empty() || !python_place(folder, layout).empty()) return true;
  return kind == CifarKind::kTen && (has_ten_classes(folder / "train") || has_ten_classes(folder / "test"));
}

CaptionSet read_cifar(const Path& folder, CifarKind kind, const DataOptions& options) {
  const CifarLayout layout = cifar_layout(kind);
  if (const Path place = binary_place(folder, layout); !place.empty())
    return Reader(layout, options).read_binary(place);
  if (const Path place = place_of(folder, layout.python_folder, layout.python_names); !place.empty())
    return Reader(layout, options).read_python(place);
  if (std::filesystem::is_directory(folder / "train") || std::filesystem::is_directory(folder / "test")) {
    return Reader(layout, options).read_class_folders(folder);
  }
  throw FileError(folder,
                  std::string("the binary version's ") + layout.binary_names + ", the Python version's " +
                      layout.python_names + ", or class folders in train/ and test/",
                  std::filesystem::is_directory(folder) ? "none of them" : "no such folder");
}

}  // namespace tandem
