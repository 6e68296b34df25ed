#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <iostream>
#include <memory>

#include "apps/command.h"
#include "apps/embedded_split.h"
#include "apps/number_text.h"
#include "apps/progress_bar.h"
#include "apps/thumbnails.h"
#include "tandem/base/errors.h"
#include "tandem/figures/joint_map.h"
#include "tandem/figures/joint_map_page.h"
#include "tandem/projection/map_quality.h"
#include "tandem/projection/pca.h"
#include "tandem/projection/tsne.h"

namespace tandem::apps {
namespace {

constexpr std::int64_t kThumbnailSide = 96;

struct MapArguments {
  std::string run;
  std::string method = "tsne";
  std::vector<std::string> out;
  std::string split = "test";
  std::string features;
  std::int64_t limit = 2000;
  TsneOptions tsne;
};

/// Points of the plane and how they came about.
struct Layout {
  at::Tensor points;  ///< [N + M, 2], pictures first
  std::string how;
};

Layout lay_out(const at::Tensor& rows, const MapArguments& arguments) {
  if (arguments.method == "pca") {
    const Pca pca = fit_pca(rows, 2);
    const double shown = pca.total_variance > 0 ? 100 * pca.explained_variance.sum().item<double>() / pca.total_variance : 0;
    return {.points = project(pca, rows), .how = "PCA of both sides, " + decimal(shown, 1) + "% of the variance shown"};
  }
  ProgressBar bar("t-SNE", "iterations");
  TsneOptions options = arguments.tsne;
  options.progress = bar.callback();
  const TsneResult result = tsne(rows, options);
  return {.points = result.map,
          .how = "t-SNE of both sides, perplexity " + decimal(result.perplexity, 0) + ", seed " + std::to_string(options.seed) +
                 ", KL " + decimal(result.kl, 2)};
}

/// The first `limit` pictures of the split with their captions.
PairedFeatures first_pictures(const PairedFeatures& pairs, std::int64_t limit) {
  if (pairs.image.size(0) <= limit) return pairs;
  PairedFeatures kept;
  kept.image = pairs.image.narrow(0, 0, limit);
  kept.image_in_store.assign(pairs.image_in_store.begin(), pairs.image_in_store.begin() + limit);
  const at::Tensor rows = (pairs.image_of_text < limit).nonzero().squeeze(1);
  kept.text = pairs.text.index_select(0, rows);
  kept.image_of_text = pairs.image_of_text.index_select(0, rows);
  for (std::int64_t i = 0; i < rows.size(0); ++i) kept.text_in_store.push_back(pairs.text_in_store[rows[i].item<std::int64_t>()]);
  return kept;
}

std::string quality_words(const at::Tensor& rows, const at::Tensor& points, const JointMap& map, const at::Tensor& image_of_text) {
  const PairDistance distance = pair_distance(map.image_points, map.text_points, image_of_text);
  std::string words = "a caption lies " + decimal(distance.random > 0 ? distance.paired / distance.random : 0, 2) +
                      " times as far from its own picture as from a random one";
  constexpr std::int64_t kNeighbours = 5;
  if (rows.size(0) > 2 * kNeighbours + 1) words += "; trustworthiness " + decimal(trustworthiness(rows, points, kNeighbours), 3);
  return words;
}

void write_page(const std::filesystem::path& out, const JointMap& map, const EmbeddedSplit& embedded, const PairedFeatures& shown) {
  const FeatureManifest& manifest = embedded.store.manifest();
  std::vector<PictureSource> sources;
  std::vector<PagePicture> pictures;
  for (const std::int64_t row : shown.image_in_store) {
    sources.push_back(manifest.pictures[row]);
    pictures.push_back({.id = manifest.image_ids[row], .thumbnail_data_uri = ""});
  }
  ProgressBar bar("thumbnails", "pictures");
  std::vector<std::string> uris = thumbnail_uris(sources, kThumbnailSide, bar.callback());
  for (std::size_t i = 0; i < uris.size(); ++i) pictures[i].thumbnail_data_uri = std::move(uris[i]);
  std::vector<std::string> captions;
  for (const std::int64_t row : shown.text_in_store) captions.push_back(manifest.captions[row]);
  write_joint_map_page(out, map, pictures, captions);
}

/// Refuses an ending that no figure has before minutes are spent on the map.
void check_endings(const std::vector<std::string>& out) {
  for (const std::filesystem::path file : out) {
    const std::string ending = file.extension().string();
    if (ending != ".png" && ending != ".svg" && ending != ".pdf" && ending != ".html") {
      throw FileError(file, "a name that ends in .png, .svg, .pdf or .html", "\"" + ending + "\"");
    }
  }
}

void run_map(const MapArguments& arguments) {
  check_endings(arguments.out);
  const EmbeddedSplit embedded = embed_split(arguments.run, arguments.features, arguments.split);
  const PairedFeatures shown = first_pictures(embedded.pairs, arguments.limit);
  const std::int64_t images = shown.image.size(0);
  const at::Tensor rows = at::cat({embed_all(embedded.run.image_head, shown.image), embed_all(embedded.run.text_head, shown.text)});
  const Layout layout = lay_out(rows, arguments);

  const auto partner = shown.image_of_text.accessor<std::int64_t, 1>();
  JointMap map{.image_points = layout.points.narrow(0, 0, images),
               .text_points = layout.points.narrow(0, images, shown.text.size(0)),
               .image_of_text = {},
               .title = embedded.store.manifest().data_name + ": pictures and captions in one space",
               .note = ""};
  for (std::int64_t j = 0; j < shown.text.size(0); ++j) map.image_of_text.push_back(partner[j]);
  map.note = "split " + arguments.split + ", " + with_thousands(images) +
             (images < embedded.pairs.image.size(0) ? " of " + with_thousands(embedded.pairs.image.size(0)) : "") + " pictures, " +
             with_thousands(shown.text.size(0)) + " captions; " + layout.how + "; " +
             quality_words(rows, layout.points, map, shown.image_of_text);
  for (const std::filesystem::path file : arguments.out) {
    if (file.extension() == ".html") {
      write_page(file, map, embedded, shown);
    } else {
      draw_joint_map(file, map);
    }
    std::cout << file.string() << ": " << map.note << "\n";
  }
}

}  // namespace

void add_map_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("map", "Draw pictures and captions on one map");
  const auto arguments = std::make_shared<MapArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--method", arguments->method, "pca or tsne")->check(CLI::IsMember({"pca", "tsne"}))->capture_default_str();
  command->add_option("--out", arguments->out, "File to write: .png, .svg, .pdf, or .html with pictures and captions on hover; may be given several times")->required();
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
  command->add_option("--limit", arguments->limit, "At most so many pictures, the first of the split")->check(CLI::Range(1, 10000000))->capture_default_str();
  command->add_option("--perplexity", arguments->tsne.perplexity, "t-SNE: effective number of neighbours")->check(CLI::Range(1.0, 1000.0))->capture_default_str();
  command->add_option("--iterations", arguments->tsne.iterations, "t-SNE: steps")->check(CLI::Range(0, 1000000))->capture_default_str();
  command->add_option("--seed", arguments->tsne.seed, "t-SNE: same seed, same map")->capture_default_str();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->footer(
      "Examples:\n"
      "  tandem map run --out map.html\n"
      "  tandem map run --method pca --out map.png --out map.svg\n"
      "  tandem map run --split dev --perplexity 50 --out dev.pdf");
  command->callback([arguments] { run_map(*arguments); });
}

}  // namespace tandem::apps
