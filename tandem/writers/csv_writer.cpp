#include "tandem/writers/csv_writer.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/worker_batches.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/csv_rows.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/durable_folder.h"
#include "tandem/storage/inner_name.h"
#include "tandem/writers/stored_picture.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// Names of picture files without endings, each once, even where upper and lower case are one.
class Names {
 public:
  std::string take(const std::string& id, std::size_t index) {
    const Path path(id);
    std::string name = stays_in_folder(id) && id.size() < 200 ? (path.parent_path() / path.stem()).generic_string() : "";
    if (name.empty() || name.find('\\') != std::string::npos || !taken_.insert(lower(name)).second) {
      name = "picture_" + std::to_string(index);
      while (!taken_.insert(lower(name)).second) name += "_";
    }
    return name;
  }

 private:
  static std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c); });
    return text;
  }

  std::unordered_set<std::string> taken_;
};

/// A new folder beside where it shall be; removed again unless it got its name.
class NewFolder {
 public:
  explicit NewFolder(Path path) : path_(std::move(path)) {
    std::string pattern = (path_.parent_path() / ("." + path_.filename().string() + ".XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) throw FileError(path_, "a folder that can be written to", system_message(errno));
    temporary_ = pattern;
    std::filesystem::permissions(temporary_, std::filesystem::perms(0755));
  }
  ~NewFolder() {
    std::error_code ignored;
    if (!temporary_.empty()) std::filesystem::remove_all(temporary_, ignored);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const Path& place() const { return temporary_; }

  void commit() {
    make_folder_durable(temporary_);
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    std::filesystem::rename(temporary_, path_, error);
    if (error) throw FileError(path_, "a folder that can be written to", error.message());
    temporary_.clear();
  }

 private:
  Path path_, temporary_;
};

void write_picture(const Path& file, std::string_view bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) throw FileError(file, "room for the whole file", "an output error");
}

struct Row {
  std::string file;  ///< name in the folder; empty: the picture could not be read
  std::string why;
  std::int64_t bytes = 0;
};

std::string table_of(const CaptionSet& set, const std::vector<Row>& rows, const std::string& folder) {
  const bool labels = std::any_of(set.images.begin(), set.images.end(), [](const CaptionedImage& image) { return !image.label.empty(); });
  std::vector<std::string> header = {"image", "caption", "split", "image_id"};
  if (labels) header.emplace_back("label");
  std::string text = csv_line(header);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const CaptionedImage& image = set.images[i];
    if (rows[i].file.empty()) continue;
    for (const std::string& caption : image.captions) {
      std::vector<std::string> fields = {folder + "/" + rows[i].file, caption, std::string(split_name(image.split)), image.id};
      if (labels) fields.push_back(image.label);
      text += csv_line(fields);
    }
  }
  return text;
}

}  // namespace

WrittenData write_csv(const CaptionSet& set, const Path& file, const WriteOptions& options) {
  const Path parent = file.has_parent_path() ? file.parent_path() : Path(".");
  const Path folder = parent / (file.stem().string() + "_pictures");
  for (const Path& path : {file, folder}) {
    std::error_code ignored;
    if (!options.replace && std::filesystem::exists(path, ignored)) throw FileError(path, "nothing of that name yet (--replace writes over it)", "it is there");
  }
  make_folder(parent);
  NewFolder pictures(folder);
  AtomicFile table(file);
  Names names;
  std::vector<Row> rows(set.images.size());
  std::vector<std::string> stems;
  for (std::size_t i = 0; i < rows.size(); ++i) stems.push_back(names.take(set.images[i].id, i));
  std::int64_t done = 0;
  const auto count = static_cast<std::int64_t>(rows.size());
  for_each_batch(
      count, options.threads,
      [&](std::int64_t i) {
        StoredPicture picture;
        try {
          picture = stored_picture(set.images[i].picture, options.shorter_side);
        } catch (const FileError& error) {
          if (options.strict) throw;
          rows[i].why = error.what();
          return;
        }
        const std::string name = stems[i] + "." + picture.ending;
        write_picture(pictures.place() / name, picture.bytes);
        rows[i] = {.file = name, .why = {}, .bytes = static_cast<std::int64_t>(picture.bytes.size())};
      },
      [&](std::int64_t) {
        if (options.progress) options.progress(++done, count);
      });
  const std::string text = table_of(set, rows, folder.filename().string());
  table.write(text);
  pictures.commit();
  table.commit();

  WrittenData written{.files = 1, .bytes = static_cast<std::int64_t>(text.size())};
  Tally unreadable;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].file.empty()) {
      unreadable.add(rows[i].why);
      continue;
    }
    ++written.pictures;
    written.captions += static_cast<std::int64_t>(set.images[i].captions.size());
    written.bytes += rows[i].bytes;
  }
  unreadable.defect(written.left_out, "pictures that cannot be read");
  return written;
}

}  // namespace tandem
