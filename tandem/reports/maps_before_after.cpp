#include "tandem/reports/maps_before_after.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>

#include <utility>
#include <vector>

#include "tandem/training/chance_streams.h"

namespace tandem {
namespace {

/// A head as training found it (fresh_state): drawn again from its seed, with the same statistics
/// of the features.
ProjectionHead untrained(const ProjectionHead& trained, std::uint64_t seed, std::uint64_t stream) {
  return ProjectionHead(trained.options(), trained.statistics(),
                        at::detail::createCPUGenerator(mixed_seed(seed, stream)));
}

HeadEnsemble untrained(const HeadEnsemble& trained, const std::vector<RunMember>& members, std::uint64_t stream) {
  std::vector<ProjectionHead> heads;
  for (std::size_t i = 0; i < members.size(); ++i)
    heads.push_back(untrained(trained.members()[i], members[i].options.seed, stream));
  return HeadEnsemble(std::move(heads), trained.weights());
}

}  // namespace

MapsBeforeAfter maps_before_after(const EmbeddedSplit& embedded, const PairSample& sample, MapMethod method,
                                  std::uint64_t seed, const Stages& stages) {
  const std::vector<RunMember> members = members_of(embedded.run);
  const HeadEnsemble image_start = untrained(embedded.run.image_heads, members, kImageHeadStream);
  const HeadEnsemble text_start = untrained(embedded.run.text_heads, members, kTextHeadStream);
  const std::string name = method == MapMethod::kPca ? "pca" : "tsne";
  MapsBeforeAfter maps{.options = {.method = method, .quality_neighbours = 0}};
  maps.options.tsne.seed = seed;
  const at::Tensor partner = at::arange(sample.images.size(0), at::TensorOptions().dtype(at::kLong));
  const auto lay_out = [&](const at::Tensor& image, const at::Tensor& text, const std::string& when) {
    maps.options.tsne.progress = begin_stage(stages, name + " " + when, "iterations");
    return project_jointly(image, text, partner, maps.options);
  };
  const at::Tensor image = embedded.pairs.image.index_select(0, sample.images);
  const at::Tensor text = embedded.pairs.text.index_select(0, sample.texts);
  maps.before = lay_out(embed_all(image_start, image), embed_all(text_start, text), "before training");
  maps.after = lay_out(embedded.image.index_select(0, sample.images), embedded.text.index_select(0, sample.texts),
                       "after training");
  maps.options.tsne.progress = {};
  return maps;
}

std::string start_words(const Run& run) {
  return run.cca ? "heads of the same shape with random weights"
                 : "the same heads as they were drawn from the run's seed";
}

JointMap joint_map_of(const JointProjection& layout, const std::string& title, const std::string& note) {
  std::vector<std::int64_t> image_of_text(static_cast<std::size_t>(layout.images));
  for (std::size_t i = 0; i < image_of_text.size(); ++i) image_of_text[i] = static_cast<std::int64_t>(i);
  return {.image_points = layout.image_points(),
          .text_points = layout.text_points(),
          .image_of_text = std::move(image_of_text),
          .title = title,
          .note = note};
}

}  // namespace tandem
