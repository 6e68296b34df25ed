#include "tandem/fetching/datasets/fetch_pictures.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <mutex>
#include <thread>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

/// A server may send an error page with "200 OK".
void check_jpeg(const std::filesystem::path& file, const std::string& address) {
  char first[3] = {};
  std::ifstream(file, std::ios::binary).read(first, sizeof(first));
  if (std::string_view(first, sizeof(first)) == "\xff\xd8\xff") return;
  std::filesystem::remove(file);
  throw FileError(address, "a JPEG picture", "other bytes");
}

}  // namespace

void fetch_pictures(const std::string& home, const std::string& below, const std::vector<std::string>& names,
                    const std::filesystem::path& folder, const DatasetSettings& settings, const Progress& progress) {
  make_folder(folder);
  const std::filesystem::path coming = folder.string() + ".coming";  // So that every file in `folder` is complete.
  const auto total = static_cast<std::int64_t>(names.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::int64_t done = 0;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      DatasetFiles files(home, settings);
      for (std::size_t i; (i = next++) < names.size();) {
        const std::string path = below + "/" + names[i];
        if (!std::filesystem::exists(folder / names[i])) {
          files.fetch(path, coming / names[i]);
          check_jpeg(coming / names[i], files.address_of(path));
          std::filesystem::rename(coming / names[i], folder / names[i]);
        }
        const std::lock_guard lock(mutex);
        if (progress) progress(++done, total);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = names.size();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < std::max(1, settings.connections); ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  std::error_code none;
  std::filesystem::remove_all(coming, none);
}

}  // namespace tandem
