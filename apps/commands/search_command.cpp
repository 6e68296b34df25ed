#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/commands/command.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/features/encode_images.h"
#include "tandem/features/encode_texts.h"
#include "tandem/model/embedded_split.h"
#include "tandem/model/stored_correction.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/retrieval/top_k.h"

namespace tandem::apps {
namespace {

struct SearchArguments {
  std::string run;
  std::string query;
  std::string image;
  std::string id;
  std::string split = "all";
  std::string features;
  std::string correction = "run";
  std::int64_t k = 10;
  bool json = false;
};

/// One place in the answer: a picture with its captions, or a caption with its picture.
struct Hit {
  double similarity = 0;
  std::int64_t image = 0;     ///< row of the store
  std::int64_t caption = -1;  ///< row of the store; -1 where a picture was found
};

/// The nearest rows in the order of the similarities less the biases; the similarities are those
/// without.
Nearest nearest_less_bias(const at::Tensor& query, const at::Tensor& gallery, const std::optional<at::Tensor>& bias,
                          std::int64_t k) {
  if (!bias) return top_k(query, gallery, k);
  const BiasedEmbeddings biased = with_biases(gallery, query, *bias, at::zeros({query.size(0)}));
  Nearest nearest = top_k(biased.text, biased.image, k);
  nearest.similarity = nearest.similarity + bias->index_select(0, nearest.row.flatten()).view_as(nearest.row);
  return nearest;
}

std::vector<Hit> pictures_for(const EmbeddedSplit& gallery, const SearchArguments& arguments,
                              const std::optional<ChosenCorrection>& correction) {
  const std::vector<TextSource> sources = open_text_sources(arguments.run, gallery.run);
  const at::Tensor query = embed_all(gallery.run.text_heads, encode_texts(sources, {arguments.query}));
  const auto bias = correction ? std::optional(image_biases(*correction, gallery.image)) : std::nullopt;
  const Nearest nearest = nearest_less_bias(query, gallery.image, bias, arguments.k);
  std::vector<Hit> hits;
  for (std::int64_t i = 0; i < nearest.row.size(1); ++i) {
    hits.push_back({.similarity = nearest.similarity[0][i].item<double>(),
                    .image = gallery.pairs.image_in_store[nearest.row[0][i].item<std::int64_t>()]});
  }
  return hits;
}

at::Tensor features_of_file(const EmbeddedSplit& gallery, const SearchArguments& arguments) {
  const std::vector<ImageSource> sources = open_image_sources(arguments.run, gallery.run);
  const EncodedImages encoded = encode_images(sources, {{.file = arguments.image}});
  if (!encoded.unreadable.empty()) throw FileError(arguments.image, "a picture", encoded.unreadable.front().reason);
  return encoded.features;
}

at::Tensor features_of_id(const FeatureStore& store, const std::string& id) {
  const std::vector<std::string>& ids = store.manifest().image_ids;
  const auto found = std::find(ids.begin(), ids.end(), id);
  if (found == ids.end()) throw FileError(store.folder(), "a picture with the id \"" + id + "\"", "none");
  return store.image_rows({found - ids.begin()});
}

std::vector<Hit> captions_for(const EmbeddedSplit& gallery, const SearchArguments& arguments,
                              const std::optional<ChosenCorrection>& correction) {
  const at::Tensor features =
      arguments.image.empty() ? features_of_id(gallery.store, arguments.id) : features_of_file(gallery, arguments);
  const auto bias = correction ? std::optional(text_biases(*correction, gallery.text)) : std::nullopt;
  const Nearest nearest =
      nearest_less_bias(embed_all(gallery.run.image_heads, features), gallery.text, bias, arguments.k);
  std::vector<Hit> hits;
  for (std::int64_t i = 0; i < nearest.row.size(1); ++i) {
    const std::int64_t caption = gallery.pairs.text_in_store[nearest.row[0][i].item<std::int64_t>()];
    hits.push_back({.similarity = nearest.similarity[0][i].item<double>(),
                    .image = gallery.store.manifest().image_of_caption[caption],
                    .caption = caption});
  }
  return hits;
}

std::vector<std::string> captions_of(const FeatureManifest& manifest, std::int64_t image) {
  std::vector<std::string> captions;
  for (std::size_t j = 0; j < manifest.captions.size(); ++j) {
    if (manifest.image_of_caption[j] == image) captions.push_back(manifest.captions[j]);
  }
  return captions;
}

/// The picture's file, or its id where it has none, as after an import.
std::string picture_name(const FeatureManifest& manifest, std::int64_t image) {
  const PictureSource& picture = manifest.pictures[image];
  return picture.file.empty() ? manifest.image_ids[image] : source_name(picture);
}

void print_hits(const std::vector<Hit>& hits, const FeatureManifest& manifest) {
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

Json hits_to_json(const std::vector<Hit>& hits, const FeatureManifest& manifest) {
  Json list = Json::array();
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const Hit& hit = hits[i];
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

void run_search(const SearchArguments& arguments) {
  const int ways = !arguments.query.empty() + !arguments.image.empty() + !arguments.id.empty();
  TORCH_CHECK_VALUE(ways == 1, "search: either words or --image FILE or --id ID was needed, got ",
                    ways == 0 ? "none of them" : "several");
  TORCH_CHECK_VALUE(is_utf8(arguments.query), "search: the words must be UTF-8, got \"", printable(arguments.query),
                    "\"");
  const EmbeddedSplit gallery = embed_split(arguments.run, arguments.features, arguments.split);
  const bool by_words = !arguments.query.empty();
  const std::optional<ChosenCorrection> correction = chosen_correction(arguments.run, arguments.correction);
  const std::vector<Hit> hits =
      by_words ? pictures_for(gallery, arguments, correction) : captions_for(gallery, arguments, correction);
  const std::string method = correction ? std::string(correction_name(correction->method)) : "none";
  if (arguments.json) {
    std::cout << Json{{"query", arguments.query + arguments.image + arguments.id},
                      {"split", arguments.split},
                      {"correction", method},
                      {"results", hits_to_json(hits, gallery.store.manifest())}}
                     .dump(2, ' ', false, Json::error_handler_t::replace)
              << "\n";
  } else {
    print_hits(hits, gallery.store.manifest());
    if (correction)
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
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
  command->add_option("--features", arguments->features,
                      "Features by the same encoders to search in, if not those of training");
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
