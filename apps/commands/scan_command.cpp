#include <algorithm>
#include <iostream>
#include <memory>
#include <numeric>
#include <random>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/data_arguments.h"
#include "apps/arguments/default_encoders.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/analysis/cka.h"
#include "tandem/analysis/mutual_knn.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/curation/content_sides.h"
#include "tandem/features/encode_images.h"
#include "tandem/features/encode_texts.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct ScanArguments {
  DataArguments data;
  std::vector<std::string> image_encoders;
  std::vector<std::string> text_encoders;
  std::string split = "train";
  std::string by = "cka";
  std::int64_t sample = 1000;
  std::int64_t neighbours = 10;
  std::int64_t top = 20;
  std::uint64_t seed = 0;
  ComputeArguments compute;
  int threads = 0;
  bool json = false;
};

/// One view of one encoder over the sample, as both measures need it.
struct Candidate {
  std::string encoder;
  std::string view;
  LinearGram gram;
  at::Tensor nearest;
};

struct Pair {
  const Candidate* image;
  const Candidate* text;
  double cka = 0;
  double knn = 0;
  std::int64_t cka_rank = 0;
  std::int64_t knn_rank = 0;
};

struct Sample {
  std::vector<PictureSource> pictures;
  std::vector<std::string> captions;  ///< the first caption of each picture
};

Sample draw_sample(const CaptionSet& data, const ScanArguments& arguments) {
  const std::optional<Split> split = split_named(arguments.split);
  TORCH_CHECK_VALUE(split.has_value() || arguments.split == "all", "--split must be train, dev, test or all, got \"",
                    arguments.split, "\"");
  std::vector<const CaptionedImage*> pictures;
  for (const CaptionedImage& image : data.images) {
    if (!split || image.split == *split) pictures.push_back(&image);
  }
  std::mt19937_64 chance(arguments.seed);
  for (std::size_t i = pictures.size(); i > 1; --i) std::swap(pictures[i - 1], pictures[chance() % i]);
  pictures.resize(std::min<std::size_t>(pictures.size(), static_cast<std::size_t>(arguments.sample)));
  Sample sample;
  for (const CaptionedImage* picture : pictures) {
    sample.pictures.push_back(picture->picture);
    sample.captions.push_back(picture->captions.front());
  }
  return sample;
}

/// Cuts features that lie side by side into one candidate a view.
template <typename Source>
void add_candidates(std::vector<Candidate>& candidates, const std::string& encoder, const Source& source,
                    const at::Tensor& features, std::int64_t neighbours) {
  std::int64_t column = 0;
  for (const View& view : source.views) {
    const std::int64_t width = view_width(source, view);
    const at::Tensor part = features.narrow(1, column, width).contiguous();
    candidates.push_back({.encoder = encoder,
                          .view = view_text(view),
                          .gram = LinearGram(part),
                          .nearest = nearest_others(part, neighbours)});
    column += width;
  }
}

std::vector<View> image_views(const ImageEncoder& encoder) {
  std::vector<View> views = {{.pooling = Pooling::kMax}};
  if (encoder.leading_tokens() > 0) views.push_back({.pooling = Pooling::kCls});
  for (std::int64_t back = 1; back <= encoder.layers(); ++back)
    views.push_back({.pooling = Pooling::kMean, .layer = -back});
  return views;
}

std::vector<View> text_views(const TextEncoder& encoder) {
  std::vector<View> views = {{.pooling = Pooling::kCls}, {.pooling = Pooling::kMax}};
  for (std::int64_t back = 1; back <= encoder.layers(); ++back)
    views.push_back({.pooling = Pooling::kMean, .layer = -back});
  return views;
}

/// Encodes the sample with every image encoder; captions of pictures that cannot be read leave the
/// sample.
std::vector<Candidate> image_candidates(Sample& sample, const ScanArguments& arguments) {
  std::vector<Candidate> candidates;
  ProgressBar bar("encoding pictures", "pictures");
  for (const std::string& name : arguments.image_encoders) {
    std::vector<ImageSource> sources;
    sources.push_back(
        open_image_source(named_encoder(name), {{.pooling = Pooling::kMean}}, arguments.compute.compute()));
    sources[0].views = image_views(*sources[0].tower.encoder);
    const EncodedImages encoded = encode_images(sources, sample.pictures, arguments.threads, bar.callback());
    if (!encoded.unreadable.empty()) {
      Sample readable;
      for (const std::int64_t row : encoded.rows) {
        readable.pictures.push_back(sample.pictures[row]);
        readable.captions.push_back(sample.captions[row]);
      }
      sample = std::move(readable);
    }
    TORCH_CHECK_VALUE(encoded.features.size(0) > std::max<std::int64_t>(arguments.neighbours, 4),
                      "tandem scan needs more than ", std::max<std::int64_t>(arguments.neighbours, 4),
                      " readable pictures of split ", arguments.split, ", got ", encoded.features.size(0));
    add_candidates(candidates, name, sources[0], encoded.features, arguments.neighbours);
  }
  return candidates;
}

std::vector<Candidate> text_candidates(const Sample& sample, const ScanArguments& arguments) {
  std::vector<Candidate> candidates;
  ProgressBar bar("encoding captions", "captions");
  for (const std::string& name : arguments.text_encoders) {
    std::vector<TextSource> sources;
    sources.push_back(
        open_text_source(named_encoder(name), {{.pooling = Pooling::kMean}}, arguments.compute.compute()));
    sources[0].views = text_views(*sources[0].tower.encoder);
    add_candidates(candidates, name, sources[0],
                   encode_texts(sources, sample.captions, arguments.threads, bar.callback()), arguments.neighbours);
  }
  return candidates;
}

/// 1 for the largest; equal numbers share the better rank.
void set_ranks(std::vector<Pair>& pairs, double Pair::*measure, std::int64_t Pair::*rank) {
  for (Pair& pair : pairs) {
    pair.*rank = 1 + std::count_if(pairs.begin(), pairs.end(),
                                   [&](const Pair& other) { return other.*measure > pair.*measure; });
  }
}

std::vector<Pair> rank_pairs(const std::vector<Candidate>& images, const std::vector<Candidate>& texts,
                             const std::string& by) {
  std::vector<Pair> pairs;
  for (const Candidate& image : images) {
    for (const Candidate& text : texts) {
      pairs.push_back({.image = &image,
                       .text = &text,
                       .cka = image.gram.cka(text.gram),
                       .knn = mutual_knn(image.nearest, text.nearest)});
    }
  }
  set_ranks(pairs, &Pair::cka, &Pair::cka_rank);
  set_ranks(pairs, &Pair::knn, &Pair::knn_rank);
  const auto first = by == "knn" ? &Pair::knn_rank : &Pair::cka_rank;
  std::stable_sort(pairs.begin(), pairs.end(), [&](const Pair& a, const Pair& b) { return a.*first < b.*first; });
  return pairs;
}

std::string short_name(const Candidate& candidate) {
  return std::filesystem::path(candidate.encoder).filename().string() + " " + candidate.view;
}

void print_table(const std::vector<Pair>& pairs, const Sample& sample, const ScanArguments& arguments) {
  std::size_t image_width = 5, text_width = 4;
  const std::size_t shown = std::min<std::size_t>(pairs.size(), static_cast<std::size_t>(arguments.top));
  for (std::size_t i = 0; i < shown; ++i) {
    image_width = std::max(image_width, printable(short_name(*pairs[i].image)).size());
    text_width = std::max(text_width, printable(short_name(*pairs[i].text)).size());
  }
  std::cout << left_aligned("image", image_width) << "  " << left_aligned("text", text_width)
            << "     CKA  rank   mutual kNN  rank\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const Pair& pair = pairs[i];
    std::cout << left_aligned(short_name(*pair.image), image_width) << "  "
              << left_aligned(short_name(*pair.text), text_width) << right_aligned(decimal(pair.cka, 4), 8)
              << right_aligned(std::to_string(pair.cka_rank), 6) << right_aligned(decimal(pair.knn, 4), 13)
              << right_aligned(std::to_string(pair.knn_rank), 6) << "\n";
  }
  if (shown < pairs.size()) std::cout << "... " << pairs.size() - shown << " more pairs (--top)\n";
  const auto count = static_cast<std::int64_t>(sample.pictures.size());
  const double chance = static_cast<double>(arguments.neighbours) / (static_cast<double>(count) - 1);
  std::cout << "Computed on " << with_thousands(count) << " pictures of split " << arguments.split
            << ", each with its first caption, before any training: ";
  std::cout << "CKA with linear kernels and unbiased HSIC (0: unrelated, 1: equal up to\nrotation and scale); ";
  std::cout << "mutual kNN, the share of " << arguments.neighbours
            << " nearest neighbours (cosine) that both sides have (chance: " << decimal(chance, 4)
            << "). Neither sees what a trained head can do.\n";
}

void print_json(const std::vector<Pair>& pairs, const Sample& sample, const ScanArguments& arguments) {
  Json list = Json::array();
  for (const Pair& pair : pairs) {
    list.push_back({{"image_encoder", pair.image->encoder},
                    {"image_view", pair.image->view},
                    {"text_encoder", pair.text->encoder},
                    {"text_view", pair.text->view},
                    {"cka", pair.cka},
                    {"cka_rank", pair.cka_rank},
                    {"mutual_knn", pair.knn},
                    {"mutual_knn_rank", pair.knn_rank}});
  }
  std::cout << json_text(Json{{"images", sample.pictures.size()},
                              {"split", arguments.split},
                              {"neighbours", arguments.neighbours},
                              {"seed", arguments.seed},
                              {"mutual_knn_chance", static_cast<double>(arguments.neighbours) /
                                                        (static_cast<double>(sample.pictures.size()) - 1)},
                              {"pairs", list}})
            << "\n";
}

void run_scan(const ScanArguments& arguments) {
  CaptionSet data = read_data(arguments.data);
  if (arguments.split != "all") settle_sides(data, arguments.threads, ProgressStages().stages());
  Sample sample = draw_sample(data, arguments);
  const std::vector<Candidate> images = image_candidates(sample, arguments);
  const std::vector<Candidate> texts = text_candidates(sample, arguments);
  const std::vector<Pair> pairs = rank_pairs(images, texts, arguments.by);
  arguments.json ? print_json(pairs, sample, arguments) : print_table(pairs, sample, arguments);
}

}  // namespace

void add_scan_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("scan", "Rank pairs of encoders and their layers before any training");
  const auto arguments = std::make_shared<ScanArguments>();
  add_data_arguments(*command, "--data", arguments->data);
  command->add_option("--image-encoder", arguments->image_encoders, "Folders of image encoders, or hf:ORG/NAME")
      ->required();
  command->add_option("--text-encoder", arguments->text_encoders, "Folders of text encoders, or hf:ORG/NAME")
      ->required();
  command->add_option("--split", arguments->split, "Where the sample is drawn: train, dev, test or all")
      ->capture_default_str();
  command->add_option("--sample", arguments->sample, "Pictures, each with its first caption")
      ->check(CLI::Range(5, 20000))
      ->capture_default_str();
  command->add_option("--neighbours", arguments->neighbours, "k of mutual kNN")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--by", arguments->by, "Order of the table: cka or knn")
      ->check(CLI::IsMember({"cka", "knn"}))
      ->capture_default_str();
  command->add_option("--top", arguments->top, "Rows of the table")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "Of the sample")->capture_default_str();
  add_compute_arguments(*command, arguments->compute);
  command->add_option("--threads", arguments->threads, "Threads, 0: one a core")
      ->check(threads_range())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print every pair as JSON");
  command->footer(
      "Examples:\n"
      "  tandem scan --data flickr8k:flickr8k --image-encoder models/efficientnet-lite0 models/efficientnet-lite2 \\\n"
      "              --text-encoder models/all-MiniLM-L6-v2\n"
      "  tandem scan --data csv:pictures.csv --image-encoder A B C --text-encoder X Y --by knn --json");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--top"}, "the table", !arguments->json, "--json, which has every pair"}});
    run_scan(*arguments);
  });
}

}  // namespace tandem::apps
