#include <chrono>
#include <iostream>
#include <memory>
#include <utility>

#include "apps/arguments/data_arguments.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/commands/data_writing.h"
#include "apps/terminal/progress_stages.h"
#include "apps/terminal/speech.h"
#include "tandem/base/printable.h"
#include "tandem/reports/data_report.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct DoctorArguments {
  DataArguments data;
  std::string html;
  int threads = 0;
  bool no_pixels = false;
  bool strict = false;
  bool json = false;
  WritingArguments writing;
};

DataExamination examine(const DoctorArguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  ProgressStages bars;
  DataExamination examined =
      examine_data(arguments.data.spec, read_data(arguments.data),
                   {.pictures = !arguments.no_pixels, .threads = arguments.threads}, bars.stages());
  examined.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return examined;
}

void run_data(const DoctorArguments& arguments) {
  if (!arguments.writing.to.empty())
    return write_data(arguments.data, arguments.writing, arguments.threads, arguments.strict, arguments.json);
  const DataExamination report = examine(arguments);
  if (!arguments.html.empty()) write_report_page(report, arguments.html);
  if (arguments.json) {
    std::cout << json_text(report_json(report)) << "\n";
  } else {
    print_report(report, std::cout);
    if (!arguments.html.empty()) std::cout << "\n" << arguments.html << ": the page with pictures\n";
  }
  if (!arguments.strict || report.count(Severity::kError) + report.count(Severity::kWarning) == 0) return;
  loud() << "tandem: " << arguments.data.spec << ": --strict allows no errors and no warnings, found "
         << report.count(Severity::kError) << " and " << report.count(Severity::kWarning);
  const char* before = ": ";
  for (const Finding& finding : report.findings) {
    if (finding.severity != Severity::kNote)
      loud() << std::exchange(before, "; ") << printable_sentence(finding.what) << ": " << finding.count;
  }
  loud() << "\n";
  throw CLI::RuntimeError(1);
}

}  // namespace

void add_data_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "data", "Report what is in a data set and what is wrong with it, or write it in another layout");
  const auto arguments = std::make_shared<DoctorArguments>();
  add_data_arguments(*command, "data,--data", arguments->data);
  command->add_option("--html", arguments->html,
                      "Write a page with thumbnails of duplicates and odd pictures to this file");
  command->add_flag("--no-pixels", arguments->no_pixels,
                    "Do not open the pictures: no sizes, no duplicates, splits by name");
  command->add_flag("--strict", arguments->strict,
                    "Exit with 1 if there is an error or a warning; with --to, refuse what cannot be read");
  command->add_option("--threads", arguments->threads, "Threads; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  add_writing_arguments(*command, arguments->writing);
  command->add_flag("--json", arguments->json, "Print everything as JSON");
  command->footer(
      "Examples:\n"
      "  tandem data flickr8k:flickr8k\n"
      "  tandem data csv:pictures/captions.csv --html report.html\n"
      "  tandem data openclipart: --no-pixels --json\n"
      "  tandem data coco:coco --limit 5000 --to 'webdataset:shards/{0000..}.tar' --resize 256\n"
      "  tandem data 'webdataset:shards/{0000..0004}.tar' --to csv:plain/captions.csv\n"
      "\nErrors make results misleading (a picture in train and in test, a picture that cannot be read); warnings "
      "cost quality\n"
      "(duplicates, captions of one word, data that the reader left out); notes are for information.");
  command->callback([arguments, command] {
    const std::string& to = arguments->writing.to;
    refuse_idle_options(
        *command,
        {{{"--html", "--no-pixels"}, "examining the data", to.empty(), "--to " + to},
         {{"--resize", "--replace"}, "--to", !to.empty()},
         {{"--shard-size"}, "--to webdataset:SHARDS", to.starts_with("webdataset:"), to.empty() ? "" : "--to " + to}});
    run_data(*arguments);
  });
}

}  // namespace tandem::apps
