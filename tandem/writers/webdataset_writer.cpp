#include "tandem/writers/webdataset_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/worker_batches.h"
#include "tandem/data/shard_set.h"
#include "tandem/data/tally.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/writers/stored_picture.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr int kBlockBytes = 1 << 18;
constexpr int kLastBlockBytes = 10240;

/// A tar file under construction.
class Shard {
 public:
  explicit Shard(const Path& path)
      : path_(path),
        file_(path),
        archive_(archive_write_new(), archive_write_free),
        entry_(archive_entry_new(), archive_entry_free) {
    archive_write_set_format_pax_restricted(archive_.get());
    archive_write_set_bytes_per_block(archive_.get(), kBlockBytes);
    archive_write_set_bytes_in_last_block(archive_.get(), kLastBlockBytes);
    check(archive_write_open(archive_.get(), this, nullptr, &Shard::pass_on, nullptr));
  }

  void add(const std::string& name, std::string_view bytes) {
    archive_entry_clear(entry_.get());
    archive_entry_set_pathname(entry_.get(), name.c_str());
    archive_entry_set_size(entry_.get(), static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry_.get(), AE_IFREG);
    archive_entry_set_perm(entry_.get(), 0644);
    check(archive_write_header(archive_.get(), entry_.get()));
    const la_ssize_t written = archive_write_data(archive_.get(), bytes.data(), bytes.size());
    if (written != static_cast<la_ssize_t>(bytes.size())) check(ARCHIVE_FATAL);
  }

  /// Bytes in all.
  std::int64_t commit() {
    check(archive_write_close(archive_.get()));
    file_.commit();
    return bytes_;
  }

 private:
  static la_ssize_t pass_on(archive* handle, void* shard, const void* bytes, std::size_t size) {
    auto* self = static_cast<Shard*>(shard);
    try {
      self->file_.write(bytes, size);
    } catch (const FileError& error) {  // libarchive is C: the message is passed through it
      self->failure_ = std::current_exception();
      archive_set_error(handle, EIO, "%s", error.what());
      return -1;
    }
    self->bytes_ += static_cast<std::int64_t>(size);
    return static_cast<la_ssize_t>(size);
  }

  void check(int state) {
    if (failure_) std::rethrow_exception(failure_);
    if (state == ARCHIVE_OK) return;
    const char* text = archive_error_string(archive_.get());
    throw FileError(path_, "a tar file that can be written", text == nullptr ? "an error" : text);
  }

  const Path path_;
  AtomicFile file_;
  std::exception_ptr failure_;
  std::int64_t bytes_ = 0;
  std::unique_ptr<archive, decltype(&archive_write_free)> archive_;
  std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry_;
};

std::string key_of(std::size_t index) {
  char key[24];
  std::snprintf(key, sizeof key, "%09zu", index);
  return key;
}

Json facts_of(const CaptionedImage& image) {
  Json facts = {{"id", image.id}, {"captions", image.captions}, {"split", split_name(image.split)}};
  if (!image.label.empty()) facts["label"] = image.label;
  return facts;
}

std::size_t shard_count(const CaptionSet& set, const WriteOptions& options) {
  TORCH_CHECK_VALUE(options.per_shard >= 1, "a shard needs at least one picture, got ", options.per_shard);
  return (set.images.size() + options.per_shard - 1) / options.per_shard;
}

class Writing {
 public:
  Writing(const CaptionSet& set, const OpenPattern& pattern, const WriteOptions& options)
      : set_(set),
        options_(options),
        unreadable_(shard_count(set, options)),
        shards_(pattern, unreadable_.size(), options.replace) {}

  WrittenData run() {
    for_each_batch(static_cast<std::int64_t>(unreadable_.size()), options_.threads, [&](std::int64_t i) { write(i); });
    shards_.commit();
    Tally unreadable;
    for (const auto& of_shard : unreadable_) {
      for (const std::string& why : of_shard) unreadable.add(why);
    }
    unreadable.defect(written_.left_out, "pictures that cannot be read");
    return written_;
  }

 private:
  void write(std::int64_t number) {
    const std::size_t begin = number * options_.per_shard;
    const std::size_t end = std::min(begin + options_.per_shard, set_.images.size());
    Shard shard(shards_.place(number));
    std::int64_t pictures = 0, captions = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const CaptionedImage& image = set_.images[i];
      tell(1);
      StoredPicture picture;
      try {
        picture = stored_picture(image.picture, options_.shorter_side);
      } catch (const FileError& error) {
        if (options_.strict) throw;
        unreadable_[number].push_back(error.what());
        continue;
      }
      std::string lines;
      for (const std::string& caption : image.captions) lines += caption + "\n";
      const std::string key = key_of(i);
      shard.add(key + "." + picture.ending, picture.bytes);
      shard.add(key + ".txt", lines);
      shard.add(key + ".json", facts_of(image).dump());
      ++pictures;
      captions += static_cast<std::int64_t>(image.captions.size());
    }
    const std::int64_t bytes = shard.commit();
    const std::lock_guard lock(mutex_);
    written_.pictures += pictures;
    written_.captions += captions;
    written_.bytes += bytes;
    ++written_.files;
  }

  void tell(std::int64_t more) {
    const std::lock_guard lock(mutex_);
    told_ += more;
    if (options_.progress) options_.progress(told_, static_cast<std::int64_t>(set_.images.size()));
  }

  const CaptionSet& set_;
  const WriteOptions& options_;
  std::vector<std::vector<std::string>> unreadable_;  ///< one list per shard, so that threads do not change the order
  NewShardSet shards_;
  std::mutex mutex_;
  std::int64_t told_ = 0;
  WrittenData written_;
};

}  // namespace

WrittenData write_webdataset(const CaptionSet& set, const OpenPattern& pattern, const WriteOptions& options) {
  return Writing(set, pattern, options).run();
}

}  // namespace tandem
