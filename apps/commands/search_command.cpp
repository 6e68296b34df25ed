#include <iostream>
#include <memory>
#include <set>

#include "apps/arguments/correction_arguments.h"
#include "apps/arguments/pictures_argument.h"
#include "apps/arguments/split_argument.h"
#include "apps/commands/command.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/model/model.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct SearchArguments {
  std::string run;
  std::string query;
  std::string image;
  std::string id;
  std::string split = "all";
  std::string features;
  std::string pictures;
  std::string correction = "run";
  std::int64_t k = 10;
  bool json = false;
};

void print_hits(const std::vector<SearchHit>& hits, const FeatureManifest& manifest) {
  for (std::size_t i = 0; i < hits.size(); ++i) {
    std::cout << right_aligned(std::to_string(i + 1), 3) << "  " << decimal(hits[i].similarity, 3) << "  ";
    if (hits[i].caption >= 0) {
      std::cout << printable(manifest.captions[hits[i].caption], kLongestShownCaption) << "  ("
                << printable(manifest.image_ids[hits[i].image]) << ")\n";
    } else {
      std::cout << printable(picture_name(manifest, hits[i].image), kLongestShownCaption) << "\n            "
                << printable(captions_of(manifest, hits[i].image).front(), kLongestShownCaption) << "\n";
    }
  }
}

Json hits_to_json(const std::vector<SearchHit>& hits, const FeatureManifest& manifest) {
  Json list = Json::array();
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const SearchHit& hit = hits[i];
    Json entry = {
        {"rank", i + 1},
        {"similarity", hit.similarity},
        {"id", manifest.image_ids[hit.image]},
        {"file", manifest.pictures[hit.image].file.empty() ? Json() : Json(source_name(manifest.pictures[hit.image]))}};
    if (hit.caption >= 0) {
      entry["caption"] = manifest.captions[hit.caption];
    } else {
      entry["captions"] = captions_of(manifest, hit.image);
    }
    list.push_back(std::move(entry));
  }
  return list;
}

/// The pictures of the hits, each once.
std::vector<std::int64_t> rows_of_hits(const std::vector<SearchHit>& hits) {
  std::set<std::int64_t> rows;
  for (const SearchHit& hit : hits) rows.insert(hit.image);
  return {rows.begin(), rows.end()};
}

void run_search(const SearchArguments& arguments) {
  const int ways = !arguments.query.empty() + !arguments.image.empty() + !arguments.id.empty();
  TORCH_CHECK_VALUE(ways == 1, "search: either words or --image FILE or --id ID was needed, got ",
                    ways == 0 ? "none of them" : "several");
  TORCH_CHECK_VALUE(is_utf8(arguments.query), "search: the words must be UTF-8, got \"", printable(arguments.query),
                    "\"");
  const Model model = Model::open(arguments.run);
  EmbeddedSplit gallery = model.embed(arguments.features, arguments.split);
  move_pictures_if_given(gallery.store, arguments.pictures);
  const SearchAnswer answer =
      model.search(gallery, {.words = arguments.query, .picture = arguments.image, .id = arguments.id}, arguments.k,
                   arguments.correction);
  tell_missing_pictures(gallery.store, rows_of_hits(answer.hits));
  const std::string method = answer.correction ? std::string(correction_name(*answer.correction)) : "none";
  if (arguments.json) {
    std::cout << json_text(Json{{"query", arguments.query + arguments.image + arguments.id},
                                {"split", arguments.split},
                                {"correction", method},
                                {"results", hits_to_json(answer.hits, gallery.store.manifest())}})
              << "\n";
  } else {
    print_hits(answer.hits, gallery.store.manifest());
    if (answer.correction)
      std::cout << "In the order of the similarities corrected for hubs by " << method
                << "; --correction none shows the plain one.\n";
  }
}

}  // namespace

void add_search_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("search", "Find pictures by words, or captions by a picture");
  const auto arguments = std::make_shared<SearchArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("query", arguments->query, "Words to find pictures by");
  command->add_option("--image", arguments->image, "Picture to find captions by");
  command->add_option("--id", arguments->id, "Picture of the features, by its id, to find captions by");
  command->add_option("-k", arguments->k, "How many to show")->check(CLI::Range(1, 1000000))->capture_default_str();
  add_split_option(*command, arguments->split);
  command->add_option("--features", arguments->features,
                      "Features by the same encoders to search in, if not those of training");
  add_pictures_option(*command, arguments->pictures);
  add_correction_option(*command, arguments->correction);
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem search run \"a dog on a beach\"\n"
      "  tandem search run \"two children laughing\" -k 3 --split test --json\n"
      "  tandem search run \"a dog on a beach\" --correction none\n"
      "  tandem search run --image holiday.jpg\n"
      "  tandem search run --id 1000268201_693b08cb0e.jpg --split test");
  command->callback([arguments] { run_search(*arguments); });
}

}  // namespace tandem::apps
