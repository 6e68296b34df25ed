#include <ATen/TensorOperators.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>

#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/base/number_text.h"
#include "tandem/figures/examples_page.h"
#include "tandem/model/embedded_split.h"
#include "tandem/reports/thumbnails.h"
#include "tandem/retrieval/recall.h"
#include "tandem/retrieval/top_k.h"

namespace tandem::apps {
namespace {

constexpr std::int64_t kThumbnailSide = 224;
constexpr std::int64_t kPreferred = 3;
constexpr std::int64_t kNearMiss = 5;

struct ExamplesArguments {
  std::string run;
  std::string out;
  std::string split = "test";
  std::string features;
  std::int64_t count = 12;
};

/// Every pair with its similarity and the two ranks that say how well its halves find each other.
struct JudgedPair {
  std::int64_t text = 0;
  std::int64_t image = 0;
  double similarity = 0;
  std::int64_t rank = 0;  ///< of the picture, for the caption
};

std::vector<JudgedPair> judge_pairs(const EmbeddedSplit& embedded) {
  const RetrievalRanks ranks = retrieval_ranks(embedded.image, embedded.text, embedded.pairs.image_of_text);
  const at::Tensor own = (embedded.image.index_select(0, embedded.pairs.image_of_text) * embedded.text).sum(1);
  const auto partner = embedded.pairs.image_of_text.accessor<std::int64_t, 1>();
  const auto similarity = own.accessor<float, 1>();
  std::vector<JudgedPair> pairs;
  for (std::int64_t j = 0; j < own.size(0); ++j) {
    pairs.push_back({.text = j, .image = partner[j], .similarity = similarity[j], .rank = ranks.text_to_image[j]});
  }
  return pairs;
}

/// The first `count` pairs in the order of `before`, at most one a picture.
template <typename Order>
std::vector<JudgedPair> select(std::vector<JudgedPair> pairs, std::int64_t count, std::int64_t images,
                               const Order& before) {
  std::stable_sort(pairs.begin(), pairs.end(), before);
  std::vector<bool> taken(images, false);
  std::vector<JudgedPair> chosen;
  for (const JudgedPair& pair : pairs) {
    if (static_cast<std::int64_t>(chosen.size()) == count) break;
    if (taken[pair.image]) continue;
    taken[pair.image] = true;
    chosen.push_back(pair);
  }
  return chosen;
}

/// Tells the page's story of one pair; thumbnails come later, all at once.
class ExampleWriter {
 public:
  explicit ExampleWriter(const EmbeddedSplit& embedded) : embedded_(embedded) {}

  Example example(const JudgedPair& pair) const {
    Example told{.picture = picture(pair.image),
                 .own_captions = {},
                 .preferred_captions = {},
                 .picture_rank = pair.rank,
                 .preferred_pictures = {}};
    tell_captions(pair, told);
    tell_pictures(pair, told);
    return told;
  }

 private:
  PagePicture picture(std::int64_t image) const {
    return {.id = embedded_.store.manifest().image_ids[embedded_.pairs.image_in_store[image]],
            .thumbnail_data_uri = ""};
  }

  const std::string& caption(std::int64_t text) const {
    return embedded_.store.manifest().captions[embedded_.pairs.text_in_store[text]];
  }

  /// Captions in the order the picture prefers them: its own wherever they come, the first few of
  /// others.
  void tell_captions(const JudgedPair& pair, Example& told) const {
    const Nearest nearest = top_k(embedded_.image.narrow(0, pair.image, 1), embedded_.text, embedded_.text.size(0));
    const auto partner = embedded_.pairs.image_of_text.accessor<std::int64_t, 1>();
    const auto text = nearest.row.accessor<std::int64_t, 2>();
    const auto similarity = nearest.similarity.accessor<float, 2>();
    for (std::int64_t place = 0; place < nearest.row.size(1); ++place) {
      const std::int64_t j = text[0][place];
      const RankedCaption ranked{.text = caption(j), .similarity = similarity[0][place], .rank = place + 1};
      if (partner[j] != pair.image) {
        if (static_cast<std::int64_t>(told.preferred_captions.size()) < kPreferred)
          told.preferred_captions.push_back(ranked);
      } else if (j == pair.text) {
        told.own_captions.insert(told.own_captions.begin(), ranked);
      } else {
        told.own_captions.push_back(ranked);
      }
    }
  }

  void tell_pictures(const JudgedPair& pair, Example& told) const {
    const Nearest nearest = top_k(embedded_.text.narrow(0, pair.text, 1), embedded_.image, kPreferred + 1);
    for (std::int64_t place = 0; place < nearest.row.size(1); ++place) {
      const std::int64_t i = nearest.row[0][place].item<std::int64_t>();
      if (i == pair.image || static_cast<std::int64_t>(told.preferred_pictures.size()) == kPreferred) continue;
      told.preferred_pictures.push_back(
          {.picture = picture(i), .similarity = nearest.similarity[0][place].item<double>(), .rank = place + 1});
    }
  }

  const EmbeddedSplit& embedded_;
};

/// Every picture once, on all cores.
void fill_thumbnails(const EmbeddedSplit& embedded, std::vector<ExampleSection>& sections) {
  const FeatureManifest& manifest = embedded.store.manifest();
  std::map<std::string, std::string> uris;
  const auto every_picture = [&](const auto& visit) {
    for (ExampleSection& section : sections) {
      for (Example& example : section.examples) {
        visit(example.picture);
        for (RankedPicture& other : example.preferred_pictures) visit(other.picture);
      }
    }
  };
  every_picture([&](PagePicture& picture) { uris.emplace(picture.id, ""); });
  std::vector<PictureSource> sources;
  std::vector<std::string*> places;
  for (const std::int64_t row : embedded.pairs.image_in_store) {
    const auto wanted = uris.find(manifest.image_ids[row]);
    if (wanted == uris.end()) continue;
    sources.push_back(manifest.pictures[row]);
    places.push_back(&wanted->second);
  }
  ProgressBar bar("thumbnails", "pictures");
  std::vector<std::string> made = thumbnail_uris(sources, kThumbnailSide, bar.callback());
  for (std::size_t i = 0; i < made.size(); ++i) *places[i] = std::move(made[i]);
  every_picture([&](PagePicture& picture) { picture.thumbnail_data_uri = uris.at(picture.id); });
}

/// Which of the shares below a rank belongs to.
std::size_t share_of_rank(std::int64_t rank) {
  if (rank <= 1) return 0;
  if (rank <= 5) return 1;
  if (rank <= 10) return 2;
  return rank <= 100 ? 3 : 4;
}

std::vector<RankShare> rank_shares(const std::vector<JudgedPair>& pairs) {
  std::vector<RankShare> shares = {{"rank 1", 0}, {"2 to 5", 0}, {"6 to 10", 0}, {"11 to 100", 0}, {"over 100", 0}};
  for (const JudgedPair& pair : pairs) ++shares[share_of_rank(pair.rank)].count;
  return shares;
}

std::vector<ExampleSection> choose_sections(const EmbeddedSplit& embedded, const std::vector<JudgedPair>& pairs,
                                            std::int64_t count) {
  const std::int64_t images = embedded.image.size(0);
  std::vector<JudgedPair> near;
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(near),
               [](const JudgedPair& pair) { return pair.rank >= 2 && pair.rank <= kNearMiss; });
  const ExampleWriter writer(embedded);
  const auto section = [&](const std::string& name, const std::string& what, const std::vector<JudgedPair>& chosen) {
    ExampleSection made{.name = name, .what = what, .examples = {}};
    for (const JudgedPair& pair : chosen) made.examples.push_back(writer.example(pair));
    return made;
  };
  return {section("Best aligned", "The caption finds its own picture first, with the greatest similarity.",
                  select(pairs, count, images,
                         [](const JudgedPair& a, const JudgedPair& b) {
                           return a.rank != b.rank ? a.rank < b.rank : a.similarity > b.similarity;
                         })),
          section("Near misses",
                  "The true picture is at rank 2 to " + std::to_string(kNearMiss) +
                      " for the caption: another one, often one the caption fits as well, came before it.",
                  select(near, count, images,
                         [](const JudgedPair& a, const JudgedPair& b) { return a.similarity > b.similarity; })),
          section("Worst aligned", "The true picture is farthest down the list for its caption.",
                  select(pairs, count, images, [](const JudgedPair& a, const JudgedPair& b) {
                    return a.rank != b.rank ? a.rank > b.rank : a.similarity < b.similarity;
                  }))};
}

void run_examples(const ExamplesArguments& arguments) {
  const EmbeddedSplit embedded = embed_split(arguments.run, arguments.features, arguments.split);
  const std::vector<JudgedPair> pairs = judge_pairs(embedded);
  std::vector<ExampleSection> sections = choose_sections(embedded, pairs, arguments.count);
  fill_thumbnails(embedded, sections);
  write_examples_page(arguments.out, embedded.store.manifest().data_name + ": aligned and misaligned pairs",
                      "Split " + arguments.split + ", " + with_thousands(embedded.image.size(0)) + " pictures, " +
                          with_thousands(embedded.text.size(0)) +
                          " captions. #3 is the third place among all pictures for a caption, or among all captions "
                          "for a picture; numbers beside it are cosine "
                          "similarities. At most one pair a picture in each part.",
                      rank_shares(pairs), sections);
  std::cout << arguments.out << ": the " << sections[0].examples.size() << " best, " << sections[1].examples.size()
            << " near misses and the " << sections[2].examples.size() << " worst of "
            << with_thousands(static_cast<std::int64_t>(pairs.size())) << " pairs\n";
}

}  // namespace

void add_examples_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("examples", "Show the best and the worst aligned pairs, and near misses");
  const auto arguments = std::make_shared<ExamplesArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--out", arguments->out, "Page to write, .html")->required();
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
  command->add_option("--count", arguments->count, "Pairs of each kind")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->footer(
      "Examples:\n"
      "  tandem examples run --out examples.html\n"
      "  tandem examples run --split train --count 50 --out train.html");
  command->callback([arguments] { run_examples(*arguments); });
}

}  // namespace tandem::apps
