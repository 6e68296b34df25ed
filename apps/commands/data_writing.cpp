#include "apps/commands/data_writing.h"

#include <iostream>

#include "apps/terminal/progress_bar.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/curation/content_sides.h"
#include "tandem/storage/json_text.h"
#include "tandem/writers/csv_writer.h"
#include "tandem/writers/webdataset_writer.h"

namespace tandem::apps {
namespace {

constexpr const char* kTargets = "webdataset:DIR/{0000..}.tar or csv:FILE.csv";

WrittenData write_to(const std::string& to, const CaptionSet& set, const WriteOptions& options) {
  const std::size_t colon = to.find(':');
  const std::string kind = to.substr(0, colon);
  const std::string path = colon == std::string::npos ? "" : to.substr(colon + 1);
  if (kind == "csv" && !path.empty()) return write_csv(set, path, options);
  if (kind != "webdataset" || path.empty()) throw FileError("--to", kTargets, "\"" + to + "\"");
  const auto pattern = open_pattern(path);
  if (!pattern)
    throw FileError("--to", "tar shards counted by an open range, as webdataset:DIR/{0000..}.tar", "\"" + to + "\"");
  return write_webdataset(set, *pattern, options);
}

}  // namespace

void add_writing_arguments(CLI::App& command, WritingArguments& arguments) {
  command.add_option("--to", arguments.to, std::string("Write the data as ") + kTargets + " instead of examining it");
  command
      .add_option("--resize", arguments.resize,
                  "With --to: shrink pictures so that the shorter side is at most this many pixels; 0: keep their "
                  "bytes")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command.add_option("--shard-size", arguments.shard_size, "With --to webdataset: pictures per shard")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  command.add_flag("--replace", arguments.replace, "With --to: overwrite existing files");
}

void write_data(DataArguments data, const WritingArguments& arguments, int threads, bool strict, bool json) {
  data.options.strict = strict;
  CaptionSet set = read_data(data);
  refuse_gallery(set, data.spec, "to write them");
  settle_sides(set, threads, ProgressStages().stages());
  WrittenData written;
  {
    ProgressBar bar("writing", "pictures");
    written = write_to(arguments.to, set,
                       {.shorter_side = arguments.resize,
                        .per_shard = arguments.shard_size,
                        .threads = threads,
                        .replace = arguments.replace,
                        .strict = strict,
                        .progress = bar.callback()});
  }
  std::vector<Defect> left_out = set.defects;
  left_out.insert(left_out.end(), written.left_out.begin(), written.left_out.end());
  if (json) {
    Json defects = Json::array();
    for (const Defect& defect : left_out)
      defects.push_back(
          {{"what", defect.what}, {"count", defect.count()}, {"file", defect.file}, {"names", defect.places}});
    std::cout << json_text(Json{{"to", arguments.to},
                                {"pictures", written.pictures},
                                {"captions", written.captions},
                                {"files", written.files},
                                {"bytes", written.bytes},
                                {"left_out", defects},
                                {"remarks", set.remarks},
                                {"selection", set.selection}})
              << "\n";
    return;
  }
  for (const Defect& defect : left_out) std::cout << printable_sentence(defect.sentence()) << "\n";
  for (const std::string& remark : set.remarks) std::cout << printable_sentence(remark) << "\n";
  std::cout << arguments.to << ": " << with_thousands(written.pictures) << " pictures, "
            << with_thousands(written.captions) << " captions, " << decimal(static_cast<double>(written.bytes) / 1e6, 1)
            << " MB";
  if (written.files > 1) std::cout << " in " << with_thousands(written.files) << " shards";
  std::cout << "\n";
}

}  // namespace tandem::apps
