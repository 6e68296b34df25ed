#include "tandem/fetching/hub/hub_cache.h"

#include <algorithm>
#include <map>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/durable_folder.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::string_view kModels = "models--";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::optional<std::string> read_ref(const Path& file) {
  constexpr std::size_t kMostBytes = 256;
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error) || std::filesystem::file_size(file, error) > kMostBytes)
    return std::nullopt;
  std::string commit = read_file(file, kMostBytes);
  while (!commit.empty() && (commit.back() == '\n' || commit.back() == '\r')) commit.pop_back();
  return is_commit(commit) ? std::optional<std::string>(commit) : std::nullopt;
}

}  // namespace

Path HubCache::model_folder(const std::string& repo) const {
  return folder_ / (std::string(kModels) + replaced(repo, "/", "--"));
}

Path HubCache::blob(const std::string& repo, const std::string& etag) const {
  return model_folder(repo) / "blobs" / etag;
}

Path HubCache::incomplete_blob(const std::string& repo, const std::string& etag) const {
  return blob(repo, etag + ".incomplete");
}

Path HubCache::lock_file(const std::string& repo, const std::string& etag) const {
  return folder_ / ".locks" / model_folder(repo).filename() / (etag + ".lock");
}

std::optional<HubSnapshot> HubCache::find(const HubName& name) const {
  const Path model = model_folder(name.repo);
  const std::optional<std::string> commit =
      is_commit(name.revision) ? name.revision : read_ref(model / "refs" / name.revision);
  if (!commit || !std::filesystem::is_directory(model / "snapshots" / *commit)) return std::nullopt;
  return HubSnapshot{.name = name, .commit = *commit, .folder = model / "snapshots" / *commit};
}

std::vector<HubSnapshot> HubCache::snapshots() const {
  std::vector<HubSnapshot> found;
  std::error_code error;
  for (const auto& model : std::filesystem::directory_iterator(folder_, error)) {
    const std::string folder_name = model.path().filename().string();
    if (!folder_name.starts_with(kModels)) continue;
    const std::string repo = replaced(folder_name.substr(kModels.size()), "--", "/");
    std::map<std::string, std::string> refs;
    for (const auto& ref : std::filesystem::recursive_directory_iterator(model.path() / "refs", error)) {
      const std::string revision = ref.path().lexically_relative(model.path() / "refs").string();
      const std::optional<std::string> commit = read_ref(ref.path());
      if (commit && (revision == "main" || refs.count(*commit) == 0)) refs[*commit] = revision;
    }
    for (const auto& snapshot : std::filesystem::directory_iterator(model.path() / "snapshots", error)) {
      const std::string commit = snapshot.path().filename().string();
      if (!is_commit(commit) || !snapshot.is_directory(error)) continue;
      found.push_back({.name = {.repo = repo, .revision = refs.count(commit) != 0 ? refs[commit] : commit},
                       .commit = commit,
                       .folder = snapshot.path()});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const HubSnapshot& a, const HubSnapshot& b) { return a.name.text() < b.name.text(); });
  return found;
}

void HubCache::keep_blob(const std::string& repo, const std::string& etag) const {
  const Path from = incomplete_blob(repo, etag);
  const Path to = blob(repo, etag);
  make_durable(from);
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error) throw FileError(to, "a file that can be replaced", error.message());
  make_durable(to.parent_path());
}

void HubCache::link(const std::string& repo, const std::string& commit, const std::string& file,
                    const std::string& etag) const {
  const Path link = model_folder(repo) / "snapshots" / commit / file;
  const Path target = blob(repo, etag).lexically_relative(link.parent_path());
  make_folder(link.parent_path());
  std::error_code error;
  if (std::filesystem::read_symlink(link, error) == target) return;
  const Path temporary = link.parent_path() / ("." + link.filename().string() + "." + std::to_string(::getpid()));
  std::filesystem::remove(temporary, error);
  std::filesystem::create_symlink(target, temporary, error);
  if (!error) std::filesystem::rename(temporary, link, error);
  if (error) throw FileError(link, "a file system with symbolic links and room", error.message());
}

void HubCache::write_ref(const HubName& name, const std::string& commit) const {
  if (name.revision == commit) return;
  const Path file = model_folder(name.repo) / "refs" / name.revision;
  make_folder(file.parent_path());
  if (read_ref(file) != commit) write_file(file, commit);
}

}  // namespace tandem
