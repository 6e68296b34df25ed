#include "tandem/reports/run_figures.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mm.h>

#include <algorithm>
#include <functional>

#include "tandem/analysis/pair_similarities.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/features/picture_places.h"
#include "tandem/figures/joint_map.h"
#include "tandem/figures/recall_curves.h"
#include "tandem/figures/similarity_histogram.h"
#include "tandem/figures/similarity_matrix.h"
#include "tandem/model/model.h"
#include "tandem/reports/joint_projection_report.h"
#include "tandem/reports/maps_before_after.h"
#include "tandem/reports/pair_sample.h"
#include "tandem/reports/training_history.h"
#include "tandem/retrieval/retrieval_intervals.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/staged_files.h"

namespace tandem {
namespace {

constexpr std::int64_t kAnswers = 5;
constexpr std::int64_t kMatrixPairs = 40;
constexpr std::int64_t kHistogramBins = 160;

/// Draws figures, each in every format asked for, and remembers their files and numbers. All appear
/// in the folder at the end.
class FigureFolder {
 public:
  FigureFolder(std::filesystem::path folder, const RunFigureOptions& options)
      : folder_(std::move(folder)), options_(options), theme_(options.dark ? kDarkTheme : kLightTheme) {
    make_folder(folder_);
  }

  using Draw = std::function<void(const std::filesystem::path& out, const Theme& theme)>;

  void add(const std::string& name, const Draw& draw) {
    for (const std::string& format : options_.formats) {
      const std::filesystem::path file = folder_ / (name + (options_.dark ? "-dark." : ".") + format);
      draw(files_.stage(file), theme_);
      told["files"].push_back(file.string());
    }
  }

  void finish() { files_.commit(); }

  Json told{{"files", Json::array()}};

 private:
  std::filesystem::path folder_;
  const RunFigureOptions& options_;
  Theme theme_;
  StagedFiles files_;
};

/// What a reader must know of every figure of this run.
std::string subject(const EmbeddedSplit& embedded, const RunFigureOptions& options) {
  return embedded.store.manifest().data_name + (options.split == "all" ? ", all splits" : ", split " + options.split) +
         (embedded.run.options.shuffled ? ", CONTROL trained on shuffled captions" : "");
}

JointMap titled_map(const JointProjection& layout, const std::string& title, const JointProjectionOptions& options) {
  const PairDistance& distance = layout.pair_distance;
  const double ratio = distance.random > 0 ? distance.paired / distance.random : 0;
  JointMap map = joint_map_of(layout, title,
                              "Mean distance of pairs " + decimal(distance.paired, 2) + ", of random pairs " +
                                  decimal(distance.random, 2) + ": a ratio of " + decimal(ratio, 2) + ". " +
                                  method_words(layout, options) + ".");
  map.short_note = "Pairs lie " + decimal(ratio, 2) + " times as far apart as random pairs; modality gap " +
                   decimal(layout.modality_gap, 2) + ".";
  return map;
}

void draw_maps(FigureFolder& folder, const EmbeddedSplit& embedded, const PairSample& sample,
               const RunFigureOptions& options, const Stages& stages) {
  const MapsBeforeAfter maps = maps_before_after(embedded, sample, options.map_method, options.seed, stages);
  const std::string note = with_thousands(sample.images.size(0)) + " pairs of " + subject(embedded, options) +
                           ", drawn with seed " + std::to_string(options.seed) +
                           ". Before: " + start_words(embedded.run) +
                           ", on the same frozen features; after: the run's. Both maps are made by the same method; "
                           "their scales differ, so ratios are what can be compared.";
  const std::string learning = embedded.run.cca ? "CCA" : "training";
  folder.add("joint-map", [&](const std::filesystem::path& out, const Theme& theme) {
    draw_joint_map_pair(out, titled_map(maps.before, "Before " + learning, maps.options),
                        titled_map(maps.after, "After " + learning, maps.options),
                        embedded.store.manifest().data_name + ": pictures and captions before and after " + learning,
                        note, theme);
  });
  folder.told["maps"] = {{"before", map_json(maps.before, maps.options)},
                         {"after", map_json(maps.after, maps.options)}};
}

void draw_similarities(FigureFolder& folder, const EmbeddedSplit& embedded, const PairSample& sample,
                       const RunFigureOptions& options) {
  const std::int64_t shown = std::min(kMatrixPairs, sample.images.size(0));
  const at::Tensor similarity = at::mm(embedded.image.index_select(0, sample.images.narrow(0, 0, shown)),
                                       embedded.text.index_select(0, sample.texts.narrow(0, 0, shown)).t());
  folder.add("similarity-matrix", [&](const std::filesystem::path& out, const Theme& theme) {
    draw_similarity_matrix(out, similarity, "Cosine similarity of " + std::to_string(shown) + " pairs",
                           subject(embedded, options) + "; pairs drawn with seed " + std::to_string(options.seed) +
                               ". The diagonal holds the true pairs.",
                           theme);
  });
  const PairSimilarities pairs =
      pair_similarities(embedded.image, embedded.text, embedded.pairs.image_of_text, kHistogramBins);
  const SimilarityHistogram histogram{.aligned = pairs.aligned.histogram,
                                      .misaligned = pairs.misaligned.histogram,
                                      .aligned_mean = pairs.aligned.mean,
                                      .misaligned_mean = pairs.misaligned.mean,
                                      .overlap = pairs.overlap};
  const std::string note = subject(embedded, options) + ": " + with_thousands(pairs.aligned.pairs) +
                           " true pairs, and all " + with_thousands(pairs.misaligned.pairs) +
                           " others of a picture and a caption. A true pair is the nearer one in " +
                           decimal(100 * pairs.auc, 1) + "% of comparisons with another.";
  folder.add("similarity-histogram", [&](const std::filesystem::path& out, const Theme& theme) {
    draw_similarity_histogram(out, histogram, "Similarity of true pairs and of others", note, theme);
  });
  folder.told["similarities"] = {{"aligned_mean", pairs.aligned.mean},
                                 {"misaligned_mean", pairs.misaligned.mean},
                                 {"overlap", pairs.overlap},
                                 {"auc", pairs.auc}};
}

RecallBand band(const RecallCurve& curve, const std::vector<double>& chance) {
  return {.recall = curve.recall,
          .low = curve.low,
          .high = curve.high,
          .chance = {chance.begin(), chance.begin() + static_cast<std::int64_t>(curve.recall.size())}};
}

void draw_recall(FigureFolder& folder, const EmbeddedSplit& embedded, const RetrievalResult& result,
                 const RunFigureOptions& options) {
  const BootstrapOptions bootstrap;  // The defaults of 'tandem eval', so that the intervals are the same.
  const std::int64_t largest_k = std::min({options.largest_k, result.gallery_images, result.gallery_captions});
  const RecallCurves curves = recall_curves(result, largest_k, bootstrap);
  const std::string note = subject(embedded, options) + ": " + with_thousands(result.images) + " pictures, " +
                           with_thousands(result.captions) + " captions, one gallery. Bands: 95% of " +
                           with_thousands(bootstrap.samples) + " resamples by picture.";
  folder.add("recall-curves", [&](const std::filesystem::path& out, const Theme& theme) {
    draw_recall_curves(out, band(curves.image_to_text, result.chance.image_to_text_at),
                       band(curves.text_to_image, result.chance.text_to_image_at),
                       "Recall over k, pictures and captions", note, theme);
  });
}

/// How many of the queries shown are mistakes, and how many pictures are missing.
template <typename Query>
std::string strip_note(const std::vector<Query>& queries, const std::string& subject, double r1, std::int64_t missing,
                       std::uint64_t seed) {
  std::int64_t wrong = 0;
  for (const Query& query : queries) wrong += query.own_rank > 1;
  return subject + ". Queries were drawn at random with seed " + std::to_string(seed) + ", not chosen; in " +
         std::to_string(wrong) + " of " + std::to_string(queries.size()) + " the first answer is wrong (in " +
         decimal(100 - r1, 1) +
         "% of the split). Numbers are cosine similarities; true answers are ticked, and stand last with their rank "
         "where "
         "they are not among the first." +
         (missing > 0 ? " Pictures that could not be read show their names: " + std::to_string(missing) + "." : "");
}

void draw_strips(FigureFolder& folder, const EmbeddedSplit& embedded, const PairSample& sample,
                 const RetrievalResult& result, const RunFigureOptions& options) {
  const std::vector<CaptionQuery> captions = caption_queries(embedded, sample, result.ranks, options.queries, kAnswers);
  const std::vector<PictureQuery> pictures = picture_queries(embedded, sample, result.ranks, options.queries, kAnswers);
  std::int64_t missing_answers = 0, missing_queries = 0;
  for (const CaptionQuery& query : captions) {
    for (const PictureAnswer& answer : query.nearest) missing_answers += answer.picture.image.pixels.empty();
  }
  for (const PictureQuery& query : pictures) missing_queries += query.picture.image.pixels.empty();
  const std::string about = subject(embedded, options);
  folder.add("caption-queries", [&](const std::filesystem::path& out, const Theme& theme) {
    draw_caption_queries(out, captions, "Captions and the pictures nearest to them",
                         strip_note(captions, about, result.text_to_image.r1, missing_answers, options.seed), theme);
  });
  folder.add("picture-queries", [&](const std::filesystem::path& out, const Theme& theme) {
    draw_picture_queries(out, pictures, "Pictures and the captions nearest to them",
                         strip_note(pictures, about, result.image_to_text.r1, missing_queries, options.seed), theme);
  });
}

}  // namespace

Json draw_run_figures(const std::filesystem::path& run, const std::filesystem::path& out,
                      const RunFigureOptions& options, const Stages& stages) {
  EmbeddedSplit embedded = Model::open(run).embed(options.features, options.split);
  if (!options.pictures.empty()) embedded.store.move_pictures(options.pictures);
  const std::string missing =
      missing_pictures_notice(missing_pictures(embedded.store.manifest().pictures, embedded.pairs.image_in_store));
  if (options.notice && !missing.empty()) options.notice(missing);
  const bool trained_here = embedded.run.members.empty() &&
                            !embedded.run.cca;  // An ensemble's members have their curves in their own folders.
  const std::vector<EpochPoint> epochs = trained_here ? read_training_history(run) : std::vector<EpochPoint>();
  if (embedded.image.size(0) < 2)
    throw FileError(run, "at least two pictures in split " + options.split, std::to_string(embedded.image.size(0)));
  FigureFolder folder(out, options);
  const PairSample sample =
      draw_pairs(embedded.pairs, std::max({options.pairs, options.queries, kMatrixPairs}), options.seed);
  const PairSample mapped{.images = sample.images.slice(0, 0, options.pairs),
                          .texts = sample.texts.slice(0, 0, options.pairs)};
  draw_maps(folder, embedded, mapped, options, stages);
  draw_similarities(folder, embedded, sample, options);
  const RetrievalResult result =
      measure_retrieval(embedded.image, embedded.text, embedded.pairs.image_of_text, Protocol::kAll, {},
                        begin_stage(stages, "ranking", "bands of pictures"));
  draw_recall(folder, embedded, result, options);
  if (trained_here) {
    folder.add("training-curves", [&](const std::filesystem::path& file, const Theme& theme) {
      draw_training_curves(file, epochs, embedded.run.best_epoch, embedded.run.data_name + ": training", theme);
    });
  }
  draw_strips(folder, embedded, sample, result, options);
  folder.finish();
  return folder.told;
}

}  // namespace tandem
