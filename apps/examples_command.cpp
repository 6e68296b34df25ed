#include <ATen/TensorOperators.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <numeric>

#include "apps/command.h"
#include "apps/embedded_split.h"
#include "apps/number_text.h"
#include "apps/thumbnails.h"
#include "tandem/figures/examples_page.h"
#include "tandem/retrieval/recall.h"
#include "tandem/retrieval/top_k.h"

namespace tandem::apps {
namespace {

constexpr std::int64_t kThumbnailSide = 224;
constexpr std::int64_t kPreferred = 3;

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
std::vector<JudgedPair> select(std::vector<JudgedPair> pairs, std::int64_t count, std::int64_t images, const Order& before) {
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

/// Tells the page's story of one pair.
class ExampleWriter {
 public:
  explicit ExampleWriter(const EmbeddedSplit& embedded) : embedded_(embedded) {}

  Example example(const JudgedPair& pair) const {
    Example told{.picture = picture(pair.image, kThumbnailSide), .own_captions = {}, .preferred_captions = {}, .picture_rank = pair.rank, .preferred_pictures = {}};
    tell_captions(pair, told);
    tell_pictures(pair, told);
    return told;
  }

 private:
  PagePicture picture(std::int64_t image, std::int64_t side) const {
    const std::int64_t row = embedded_.pairs.image_in_store[image];
    const FeatureManifest& manifest = embedded_.store.manifest();
    return {.id = manifest.image_ids[row], .thumbnail_data_uri = thumbnail_uris({manifest.pictures[row]}, side).front()};
  }

  const std::string& caption(std::int64_t text) const {
    return embedded_.store.manifest().captions[embedded_.pairs.text_in_store[text]];
  }

  /// Captions in the order the picture prefers them: its own wherever they come, the first few of others.
  void tell_captions(const JudgedPair& pair, Example& told) const {
    const Nearest nearest = top_k(embedded_.image.narrow(0, pair.image, 1), embedded_.text, embedded_.text.size(0));
    const auto partner = embedded_.pairs.image_of_text.accessor<std::int64_t, 1>();
    const auto text = nearest.row.accessor<std::int64_t, 2>();
    const auto similarity = nearest.similarity.accessor<float, 2>();
    for (std::int64_t place = 0; place < nearest.row.size(1); ++place) {
      const std::int64_t j = text[0][place];
      const RankedCaption ranked{.text = caption(j), .similarity = similarity[0][place], .rank = place + 1};
      if (partner[j] != pair.image) {
        if (static_cast<std::int64_t>(told.preferred_captions.size()) < kPreferred) told.preferred_captions.push_back(ranked);
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
      told.preferred_pictures.push_back({.picture = picture(i, kThumbnailSide / 2), .similarity = nearest.similarity[0][place].item<double>(), .rank = place + 1});
    }
  }

  const EmbeddedSplit& embedded_;
};

std::vector<Example> tell(const EmbeddedSplit& embedded, const std::vector<JudgedPair>& pairs) {
  const ExampleWriter writer(embedded);
  std::vector<Example> examples;
  for (const JudgedPair& pair : pairs) examples.push_back(writer.example(pair));
  return examples;
}

void run_examples(const ExamplesArguments& arguments) {
  const EmbeddedSplit embedded = embed_split(arguments.run, arguments.features, arguments.split);
  const std::vector<JudgedPair> pairs = judge_pairs(embedded);
  const std::int64_t images = embedded.image.size(0);
  const auto best = select(pairs, arguments.count, images, [](const JudgedPair& a, const JudgedPair& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.similarity > b.similarity;
  });
  const auto worst = select(pairs, arguments.count, images, [](const JudgedPair& a, const JudgedPair& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.similarity < b.similarity;
  });
  const std::string name = embedded.store.manifest().data_name;
  write_examples_page(arguments.out, name + ": best and worst aligned pairs",
                      "Split " + arguments.split + ", " + with_thousands(images) + " pictures, " + with_thousands(embedded.text.size(0)) +
                          " captions. Pairs are ordered by the rank of the picture among all pictures for its caption, then by cosine "
                          "similarity; one pair a picture.",
                      tell(embedded, best), tell(embedded, worst));
  std::cout << arguments.out << ": the " << best.size() << " best and " << worst.size() << " worst of " << with_thousands(static_cast<std::int64_t>(pairs.size()))
            << " pairs\n";
}

}  // namespace

void add_examples_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("examples", "Show the best and the worst aligned pairs");
  const auto arguments = std::make_shared<ExamplesArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--out", arguments->out, "Page to write, .html")->required();
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
  command->add_option("--count", arguments->count, "Pairs of each kind")->check(CLI::Range(1, 1000))->capture_default_str();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->footer(
      "Examples:\n"
      "  tandem examples run --out examples.html\n"
      "  tandem examples run --split train --count 50 --out train.html");
  command->callback([arguments] { run_examples(*arguments); });
}

}  // namespace tandem::apps
