#include "tandem/reports/example_pairs.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_set>

#include "tandem/base/number_text.h"
#include "tandem/reports/thumbnails.h"
#include "tandem/retrieval/recall.h"
#include "tandem/retrieval/top_k.h"

namespace tandem {
namespace {

constexpr std::int64_t kPreferred = 3;  // captions and pictures of others that a card shows
constexpr std::int64_t kNearMiss = 5;   // the last rank that is one

/// The first `count` pairs in the order of `before`, at most one per picture.
template <typename Order>
std::vector<RankedPair> first_pairs(std::vector<RankedPair> pairs, std::int64_t count, const Order& before) {
  std::stable_sort(pairs.begin(), pairs.end(), before);
  std::unordered_set<std::int64_t> taken;
  std::vector<RankedPair> chosen;
  for (const RankedPair& pair : pairs) {
    if (static_cast<std::int64_t>(chosen.size()) == count) break;
    if (taken.insert(pair.image).second) chosen.push_back(pair);
  }
  return chosen;
}

/// Tells the page's story of one pair; thumbnails come later, all at once.
class ExampleWriter {
 public:
  explicit ExampleWriter(const EmbeddedSplit& embedded) : embedded_(embedded) {}

  Example example(const RankedPair& pair) const {
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

  /// Captions in the order of their similarity to the picture: all its own, and the first few of
  /// other pictures.
  void tell_captions(const RankedPair& pair, Example& told) const {
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

  void tell_pictures(const RankedPair& pair, Example& told) const {
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
void fill_thumbnails(const EmbeddedSplit& embedded, std::vector<ExampleSection>& sections, const Progress& progress) {
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
  std::vector<std::string> made = thumbnail_uris(sources, page_thumbnail_side(std::ssize(sources)), progress);
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

}  // namespace

std::vector<RankedPair> ranked_pairs(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text) {
  const RetrievalRanks ranks = retrieval_ranks(image, text, image_of_text);
  const at::Tensor own = (image.index_select(0, image_of_text) * text).sum(1);
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  const auto similarity = own.accessor<float, 1>();
  std::vector<RankedPair> pairs;
  for (std::int64_t j = 0; j < own.size(0); ++j) {
    pairs.push_back({.text = j, .image = partner[j], .similarity = similarity[j], .rank = ranks.text_to_image[j]});
  }
  return pairs;
}

std::vector<RankedPair> best_aligned(const std::vector<RankedPair>& pairs, std::int64_t count) {
  return first_pairs(pairs, count, [](const RankedPair& a, const RankedPair& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.similarity > b.similarity;
  });
}

std::vector<RankedPair> near_misses(const std::vector<RankedPair>& pairs, std::int64_t count) {
  std::vector<RankedPair> near;
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(near),
               [](const RankedPair& pair) { return pair.rank >= 2 && pair.rank <= kNearMiss; });
  return first_pairs(near, count, [](const RankedPair& a, const RankedPair& b) { return a.similarity > b.similarity; });
}

std::vector<RankedPair> worst_aligned(const std::vector<RankedPair>& pairs, std::int64_t count) {
  return first_pairs(pairs, count, [](const RankedPair& a, const RankedPair& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.similarity < b.similarity;
  });
}

std::vector<RankShare> rank_shares(const std::vector<RankedPair>& pairs) {
  std::vector<RankShare> shares = {{"rank 1", 0}, {"2 to 5", 0}, {"6 to 10", 0}, {"11 to 100", 0}, {"over 100", 0}};
  for (const RankedPair& pair : pairs) ++shares[share_of_rank(pair.rank)].count;
  return shares;
}

std::vector<ExampleSection> example_sections(const EmbeddedSplit& embedded, const std::vector<RankedPair>& pairs,
                                             std::int64_t count, const Stages& stages) {
  const ExampleWriter writer(embedded);
  const auto section = [&](const std::string& name, const std::string& what, const std::vector<RankedPair>& chosen) {
    ExampleSection made{.name = name, .what = what, .examples = {}};
    for (const RankedPair& pair : chosen) made.examples.push_back(writer.example(pair));
    return made;
  };
  std::vector<ExampleSection> sections = {
      section("Best aligned", "The caption finds its own picture first, with the greatest similarity.",
              best_aligned(pairs, count)),
      section("Near misses",
              "The true picture is at rank 2 to " + std::to_string(kNearMiss) +
                  " for the caption: another one, often one the caption fits as well, came before it.",
              near_misses(pairs, count)),
      section("Worst aligned", "The true picture is farthest down the list for its caption.",
              worst_aligned(pairs, count))};
  fill_thumbnails(embedded, sections, begin_stage(stages, "thumbnails", "pictures"));
  return sections;
}

void write_example_pairs(const std::filesystem::path& out, const EmbeddedSplit& embedded, const std::string& split,
                         const std::vector<RankedPair>& pairs, const std::vector<ExampleSection>& sections) {
  const std::string note = "Split " + split + ", " + with_thousands(embedded.image.size(0)) + " pictures, " +
                           with_thousands(embedded.text.size(0)) +
                           " captions. #3 is the third place among all pictures for a caption, or among all captions "
                           "for a picture; numbers beside it are cosine similarities. At most one pair per picture in "
                           "each part.";
  write_examples_page(out, embedded.store.manifest().data_name + ": aligned and misaligned pairs", note,
                      rank_shares(pairs), sections);
}

}  // namespace tandem
