#include "tandem/writers/csv_writer.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
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
#include "tandem/storage/mapped_file.h"
#include "tandem/storage/output_lock.h"
#include "tandem/writers/stored_picture.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// Names of picture files without endings. Each is unique, even if upper and lower case are not
/// distinguished.
class Names {
 public:
  std::string take(const std::string& id, std::size_t index) {
    const Path path(id);
    std::string name =
        stays_in_folder(id) && id.size() < 200 ? (path.parent_path() / path.stem()).generic_string() : "";
    if (name.empty() || name.find('\\') != std::string::npos || !taken_.insert(lower(name)).second) {
      name = "picture_" + std::to_string(index);
      while (!taken_.insert(lower(name)).second) name += "_";
    }
    return name;
  }

 private:
  static std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    return text;
  }

  std::unordered_set<std::string> taken_;
};

/// The folder of an older table's pictures, `plain` or PLAIN_2, ...; nothing if the table is of
/// another kind.
std::optional<Path> folder_of_table(const Path& file, const Path& plain) {
  std::vector<CsvRow> rows;
  try {
    rows = parse_csv(read_file(file), file);
  } catch (const FileError&) {  // It is not a table; it is replaced all the same.
    return std::nullopt;
  }
  if (rows.size() < 2) return plain;
  const std::string& picture = rows[1].fields.front();
  const std::string name = picture.substr(0, picture.find('/'));
  const std::string of_plain = plain.filename().string();
  const bool numbered = name.starts_with(of_plain + "_") &&
                        name.find_first_not_of("0123456789", of_plain.size() + 1) == std::string::npos;
  return name == of_plain || numbered ? std::optional(file.parent_path() / name) : std::nullopt;
}

/// STEM_pictures, or the first free one of STEM_pictures_2, ...: the older table and its pictures
/// stay together until the end.
Path free_folder(const Path& plain) {
  Path folder = plain;
  for (int i = 2; std::filesystem::exists(folder); ++i) folder = plain.string() + "_" + std::to_string(i);
  return folder;
}

/// The table and the folder of its pictures, which get their names together.
class NewTable {
 public:
  NewTable(const Path& file, bool replace)
      : file_(file), plain_(file.parent_path() / (file.stem().string() + "_pictures")) {
    if (file.has_parent_path()) make_folder(file.parent_path());
    lock_.emplace(file);
    for (const Path& path : {file_, plain_}) {
      std::error_code ignored;
      if (!replace && std::filesystem::exists(path, ignored))
        throw FileError(path, "nothing of that name yet (--replace writes over it)", "it is there");
    }
    for (const Path& path : {file_, plain_}) remove_stale_temporaries(path);
    table_.emplace(file_);
    older_ = std::filesystem::exists(file_) ? folder_of_table(file_, plain_) : plain_;
    if (older_ && !std::filesystem::exists(*older_)) older_.reset();
    folder_ = free_folder(plain_);
    staged_ = temporary_name(plain_);
    if (::mkdir(staged_.c_str(), 0777) == 0) return;
    const int error_number = errno;
    throw FileError(folder_, "a folder that can be written to", system_message(error_number));
  }
  ~NewTable() {
    std::error_code ignored;
    std::filesystem::remove_all(staged_, ignored);
  }
  NewTable(const NewTable&) = delete;
  NewTable& operator=(const NewTable&) = delete;

  /// The path to write the pictures to.
  const Path& place() const { return staged_; }
  /// The final name of their folder.
  std::string folder_name() const { return folder_.filename().string(); }

  void commit(const std::string& text) {
    table_->write(text);
    make_folder_durable(staged_);
    std::error_code error;
    std::filesystem::rename(staged_, folder_, error);
    if (error) throw FileError(folder_, "a folder that can be written to", error.message());
    try {
      table_->commit();
    } catch (const FileError&) {
      std::filesystem::remove_all(folder_, error);
      throw;
    }
    if (!older_) return;
    // Renamed first, because a half-removed folder would look like one of the user's.
    const Path stale = temporary_name(plain_);
    std::filesystem::rename(*older_, stale, error);
    std::filesystem::remove_all(stale, error);
  }

 private:
  Path file_, plain_;
  std::optional<OutputLock> lock_;
  std::optional<AtomicFile> table_;
  std::optional<Path> older_;  ///< pictures of the table that is replaced
  Path folder_, staged_;
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
  const bool labels = std::any_of(set.images.begin(), set.images.end(),
                                  [](const CaptionedImage& image) { return !image.label.empty(); });
  std::vector<std::string> header = {"image", "caption", "split", "image_id"};
  if (labels) header.emplace_back("label");
  std::string text = csv_line(header);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const CaptionedImage& image = set.images[i];
    if (rows[i].file.empty()) continue;
    for (const std::string& caption : image.captions) {
      std::vector<std::string> fields = {folder + "/" + rows[i].file, caption, std::string(split_name(image.split)),
                                         image.id};
      if (labels) fields.push_back(image.label);
      text += csv_line(fields);
    }
  }
  return text;
}

}  // namespace

WrittenData write_csv(const CaptionSet& set, const Path& file, const WriteOptions& options) {
  NewTable table(file, options.replace);
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
        write_picture(table.place() / name, picture.bytes);
        rows[i] = {.file = name, .why = {}, .bytes = static_cast<std::int64_t>(picture.bytes.size())};
      },
      [&](std::int64_t) {
        if (options.progress) options.progress(++done, count);
      });
  const std::string text = table_of(set, rows, table.folder_name());
  table.commit(text);

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
