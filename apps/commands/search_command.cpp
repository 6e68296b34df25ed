#include <c10/util/Exception.h>

#include <functional>
#include <iostream>
#include <memory>
#include <set>

#include "apps/arguments/correction_arguments.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/pictures_argument.h"
#include "apps/arguments/split_argument.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "apps/terminal/stop_signals.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/figures/page_template.h"
#include "tandem/model/model.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/readers/data_spec.h"
#include "tandem/reports/search_report.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

constexpr const char* kStandardInput = "-";

struct SearchArguments {
  std::string run;
  std::string query;
  std::string image;
  std::string id;
  std::string wanted;
  std::string split = "all";
  std::string features;
  std::string data;
  std::string pictures;
  std::string correction = "run";
  std::string html;
  std::int64_t k = 10;
  int threads = 0;
  bool json = false;

  const std::string& asked() const { return !query.empty() ? query : !image.empty() ? image : id; }
  bool from_standard_input() const { return asked() == kStandardInput; }
};

/// The query that one text stands for, of the kind that the arguments ask with.
SearchQuery query_of(const SearchArguments& arguments, const std::string& text) {
  SearchQuery query;
  if (!arguments.query.empty()) query.words = text;
  if (!arguments.image.empty()) query.picture = text;
  if (!arguments.id.empty()) query.id = text;
  if (arguments.wanted == "pictures") query.wanted = SearchKind::kPictures;
  if (arguments.wanted == "captions") query.wanted = SearchKind::kCaptions;
  return query;
}

void check_arguments(const SearchArguments& arguments) {
  const int ways = !arguments.query.empty() + !arguments.image.empty() + !arguments.id.empty();
  TORCH_CHECK_VALUE(ways == 1, "search: either words or --image FILE or --id ID was needed, got ",
                    ways == 0 ? "none of them" : "several");
  TORCH_CHECK_VALUE(is_utf8(arguments.query), "search: the words must be UTF-8, got \"", printable(arguments.query),
                    "\"");
  if (arguments.html.empty()) return;
  const std::filesystem::path page = arguments.html;
  check_page_path(page);
  if (page.has_parent_path() && !std::filesystem::is_directory(page.parent_path()))
    throw FileError(page, "a folder that exists to write to", "none");
}

void print_skipped(const Gallery& gallery) {
  if (gallery.skipped.empty()) return;
  std::cerr << "  left out: " << with_thousands(static_cast<std::int64_t>(gallery.skipped.size()))
            << " pictures that could not be read; the first: " << printable_sentence(gallery.skipped.front().reason)
            << "\n";
}

Gallery gallery_of(const SearchArguments& arguments, const Model& model) {
  const SearchQuery query = query_of(arguments, arguments.asked());
  ProgressStages bars;
  GalleryOptions options{.pictures = query.kind() == SearchKind::kPictures,
                         .captions = query.kind() == SearchKind::kCaptions,
                         .correction = query.is_within_a_side() ? "none" : arguments.correction,
                         .stages = bars.stages(),
                         .notice = bars.notice()};
  if (arguments.data.empty()) {
    Gallery gallery = open_gallery(model, arguments.features, arguments.split, options);
    if (!arguments.pictures.empty()) move_pictures(gallery.list.pictures, arguments.pictures);
    return gallery;
  }
  options.pictures = options.pictures || !query.id.empty();
  say_if_stopped(model.folder().string() + " keeps what is embedded; go on with: " + command_again());
  Gallery gallery = embed_gallery(model, tandem::read_data(arguments.data), arguments.data, options);
  print_skipped(gallery);
  return gallery;
}

/// Calls `take` for every line of the standard input that is not blank, as soon as it is there.
void for_each_query_line(const std::function<void(std::int64_t number, const std::string& line)>& take) {
  std::string line;
  for (std::int64_t number = 1; std::getline(std::cin, line); ++number) {
    if (!is_utf8(line))
      throw FileError("standard input", "queries in UTF-8", "other bytes in line " + std::to_string(number));
    const std::string query(trimmed(line));
    if (!query.empty()) take(number, query);
  }
}

/// The pictures of the hits, each once.
std::vector<std::int64_t> rows_of_hits(const std::vector<SearchHit>& hits) {
  std::set<std::int64_t> rows;
  for (const SearchHit& hit : hits) rows.insert(hit.image);
  return {rows.begin(), rows.end()};
}

/// Where answers go: the standard output and, at the end, a page.
class Answers {
 public:
  Answers(const SearchArguments& arguments, const Gallery& gallery) : arguments_(arguments), gallery_(gallery) {}

  void add(const AnsweredQuery& answered) {
    tell_missing_pictures(missing_pictures(gallery_.list.pictures, rows_of_hits(answered.answer.hits)));
    if (arguments_.json) {
      std::cout << json_text(document(answered)) << "\n";
    } else {
      print_answer(answered, gallery_, std::cout);
    }
    keep(answered);
  }

  /// One of several, from a line of the standard input.
  void add_line(std::int64_t number, const std::string& line, const AnsweredQuery& answered) {
    if (arguments_.json) {
      Json told = document(answered);
      told["line"] = number;
      std::cout << json_line(told) << "\n";
    } else {
      std::cout << "\"" << printable(line, kLongestShownCaption) << "\"\n";
      print_answer(answered, gallery_, std::cout);
      std::cout << "\n";
    }
    std::cout.flush();
    keep(answered);
  }

  void write_page() const {
    if (arguments_.html.empty()) return;
    ProgressStages bars;
    const std::int64_t blank = write_search_report(arguments_.html, kept_, gallery_, place(), bars.stages());
    if (blank > 0) std::cerr << "  note: pictures that can no longer be read: " << with_thousands(blank) << "\n";
    if (!arguments_.json) std::cout << arguments_.html << ": the page with pictures\n";
  }

 private:
  Json document(const AnsweredQuery& answered) const {
    Json told = answer_json(answered, gallery_);
    if (arguments_.data.empty()) told["split"] = arguments_.split;
    return told;
  }

  void keep(const AnsweredQuery& answered) {
    if (!arguments_.html.empty()) kept_.push_back(answered);
  }

  std::string place() const {
    if (!arguments_.data.empty()) return arguments_.data;
    const std::string pictures = arguments_.split == "all" ? "all pictures of " : "split " + arguments_.split + " of ";
    return pictures + gallery_.name;
  }

  const SearchArguments& arguments_;
  const Gallery& gallery_;
  std::vector<AnsweredQuery> kept_;
};

void run_search(const SearchArguments& arguments) {
  check_arguments(arguments);
  const Model model = Model::open(arguments.run, {.threads = arguments.threads});
  const Gallery gallery = gallery_of(arguments, model);
  Answers answers(arguments, gallery);
  const auto answered = [&](const std::string& text) {
    const SearchQuery query = query_of(arguments, text);
    return AnsweredQuery{.query = query, .answer = model.search(gallery, query, arguments.k)};
  };
  if (arguments.from_standard_input()) {
    for_each_query_line(
        [&](std::int64_t number, const std::string& line) { answers.add_line(number, line, answered(line)); });
  } else {
    answers.add(answered(arguments.asked()));
  }
  answers.write_page();
}

}  // namespace

void add_search_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("search", "Find pictures by words, captions by a picture, or similar pictures");
  const auto arguments = std::make_shared<SearchArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("query", arguments->query,
                      "Words to find pictures by; - reads them from standard input, one query per line");
  command->add_option("--image", arguments->image, "Picture to find captions by; - reads file names");
  command->add_option("--id", arguments->id, "Picture of the gallery, by its id, to find captions by; - reads ids");
  command
      ->add_option("--for", arguments->wanted,
                   "What to find: pictures or captions [pictures by words, captions by a picture]")
      ->check(CLI::IsMember({"pictures", "captions"}));
  command->add_option("-k", arguments->k, "How many to show")->check(CLI::Range(1, 1000000))->capture_default_str();
  add_split_option(*command, arguments->split);
  CLI::Option* features = command->add_option("--features", arguments->features,
                                              "Features by the same encoders to search in, if not those of training");
  command
      ->add_option("--data", arguments->data,
                   "Data to search in, embedded once: pictures:DIR needs no captions; or " + known_data_specs())
      ->excludes(features);
  add_pictures_option(*command, arguments->pictures);
  add_correction_option(*command, arguments->correction);
  command->add_option("--html", arguments->html, "Also write a page with the pictures found to this file");
  command->add_option("--threads", arguments->threads, "Threads that encode; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print a JSON object; one per line for queries from standard input");
  command->footer(
      "Examples:\n"
      "  tandem search run \"a dog on a beach\"\n"
      "  tandem search run \"a dog on a beach\" --data pictures:photos --html found.html\n"
      "  tandem search run \"two children laughing\" -k 3 --split test --json\n"
      "  tandem search run --image holiday.jpg\n"
      "  tandem search run --image holiday.jpg --for pictures\n"
      "  tandem search run --id 1000268201_693b08cb0e.jpg --split test\n"
      "  tandem search run - --json < queries.txt\n"
      "\nThe embeddings of what is searched are kept in RUN/galleries and made again when the run, the features or a\n"
      "picture's file change. The folder may be deleted.");
  command->callback([arguments, command] {
    const bool within = query_of(*arguments, arguments->asked()).is_within_a_side();
    refuse_idle_options(
        *command, {{{"--split"}, "--features", arguments->data.empty(), "--data " + arguments->data},
                   {{"--correction"}, "a search between words and pictures", !within, "--for " + arguments->wanted}});
    run_search(*arguments);
  });
}

}  // namespace tandem::apps
