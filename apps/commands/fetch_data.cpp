#include "apps/commands/fetch_data.h"

#include <unistd.h>

#include <iostream>
#include <memory>

#include "apps/terminal/progress_bar.h"
#include "apps/terminal/speech.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

void ask_consent(const KnownDataset& dataset, bool yes) {
  std::ostream& out = dataset.asks_consent && !yes ? loud() : std::cerr;
  out << dataset.name << ": terms of use\n  " << dataset.terms << "\n";
  if (!dataset.asks_consent || yes) return;
  std::string answer;
  if (::isatty(STDIN_FILENO) != 0) {
    out << "Do you agree? [yes/no] " << std::flush;
    std::getline(std::cin, answer);
  }
  if (answer != "yes" && answer != "y")
    throw FileError(dataset.name, "consent to the terms of use (--yes gives it)", "none");
}

std::string hash_words(const FetchedArchive& archive) {
  return archive.hash_published ? "published MD5 fits, SHA-256 " : "no published hash; SHA-256 of what came: ";
}

std::string megabytes(double bytes) { return decimal(bytes / 1e6, 1) + " MB"; }

}  // namespace

Json fetch_data(const std::string& name, const FetchDataArguments& arguments) {
  const KnownDataset& dataset = dataset_named(name);
  const DatasetSettings settings{.mirror = mirror_named(arguments.mirror),
                                 .connections = arguments.connections,
                                 .patience = {.from_whom = "the data set's server"}};
  const std::filesystem::path out =
      arguments.out.empty() ? std::filesystem::path(dataset.name) : std::filesystem::path(arguments.out);
  const bool there = is_fetched(dataset, arguments.request, out);
  if (!there) ask_consent(dataset, arguments.yes);
  std::unique_ptr<ProgressBar> bar;
  FetchedDataset fetched = fetch_dataset(dataset, arguments.request, out, settings,
                                         {.stage = [&](const std::string& stage, const std::string& unit) {
                                           bar.reset();
                                           bar = std::make_unique<ProgressBar>(stage, unit);
                                           return bar->callback();
                                         }});
  bar.reset();
  Json archives = Json::array();
  for (const FetchedArchive& archive : fetched.archives) {
    std::cerr << archive.url << ": " << megabytes(static_cast<double>(archive.size_bytes)) << ", "
              << hash_words(archive) << archive.sha256 << "\n";
    archives.push_back({{"url", archive.url},
                        {"size_bytes", archive.size_bytes},
                        {"sha256", archive.sha256},
                        {"published_hash_fits", archive.hash_published}});
  }
  if (fetched.pictures > 0) std::cerr << with_thousands(fetched.pictures) << " pictures, one by one\n";
  if (fetched.was_there) std::cerr << dataset.name << ": all was there already\n";
  return {{"name", dataset.name},
          {"folder", fetched.folder.string()},
          {"was_there", fetched.was_there},
          {"archives", archives},
          {"pictures", fetched.pictures}};
}

void print_datasets(bool json) {
  Json list = Json::array();
  for (const KnownDataset& dataset : known_datasets()) {
    Json archives = Json::array();
    for (const DatasetArchive& archive : dataset.archives) {
      archives.push_back({{"url", dataset.home + "/" + archive.path},
                          {"variant", archive.variant},
                          {"about_megabytes", archive.size_megabytes},
                          {"md5", archive.md5.empty() ? Json() : Json(archive.md5)}});
    }
    list.push_back({{"name", dataset.name},
                    {"terms", dataset.terms},
                    {"asks_consent", dataset.asks_consent},
                    {"variants", dataset.variants},
                    {"archives", archives}});
    if (json) continue;
    std::cout << dataset.name << "  (then --data " << dataset.spec << ":" << dataset.name << ")\n";
    for (const DatasetArchive& archive : dataset.archives) {
      std::cout << "  " << right_aligned(with_thousands(archive.size_megabytes), 6) << " MB  " << dataset.home << "/"
                << archive.path << (archive.variant.empty() ? "" : "  [--variant " + archive.variant + "]")
                << (archive.md5.empty() ? "  no published hash" : "  MD5 " + archive.md5) << "\n";
    }
    std::cout << "  " << dataset.terms << "\n\n";
  }
  if (json) std::cout << json_line(Json{{"datasets", list}}) << "\n";
}

}  // namespace tandem::apps
