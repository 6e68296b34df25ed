#include "tandem/sweep/trial_files.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <doctest/doctest.h>

#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/training/train_options_json.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;

namespace {

const HeadOptions kSmall = {.embedding_width = 4, .hidden_width = 6};

ProjectionHead small_head(std::uint64_t seed) {
  at::Generator chance = at::detail::createCPUGenerator(seed);
  return ProjectionHead(kSmall, measure_features(at::randn({10, 5}, chance)), chance);
}

Trial small_trial() {
  Trial trial{.options = {.image_head = kSmall, .text_head = kSmall, .seed = 4},
              .dev_recall = 12.3456789,
              .best_epoch = 1,
              .logit_scale = 20.5};
  trial.epochs = {{.epoch = 1, .loss = 0.5, .dev_recall = 12.3456789, .seconds = 2}, {.epoch = 2, .loss = 0.25}};
  trial.dev_ranks.image_to_text = {1, 5};
  trial.dev_ranks.text_to_image = {1, 2, 3};
  return trial;
}

}  // namespace

TEST_CASE("a trial comes back as it was written, heads to the bit") {
  const ScratchFolder folder;
  const TrialFiles files(folder.path());
  const ProjectionHead image = small_head(1);
  const ProjectionHead text = small_head(2);
  CHECK_FALSE(files.read("a").has_value());
  files.write("a", small_trial(), image, text);
  const std::optional<Trial> trial = files.read("a");
  REQUIRE(trial.has_value());
  CHECK(to_json(trial->options) == to_json(small_trial().options));
  CHECK(trial->dev_recall == 12.3456789);
  REQUIRE(trial->epochs.size() == 2);
  CHECK(trial->epochs[0].dev_recall == 12.3456789);
  CHECK_FALSE(trial->epochs[1].dev_recall.has_value());
  CHECK((trial->dev_ranks.text_to_image == std::vector<std::int64_t>{1, 2, 3}));
  const TrainedHeads heads = files.read_heads("a", *trial);
  at::Generator chance = at::detail::createCPUGenerator(9);
  const at::Tensor rows = at::randn({3, 5}, chance);
  CHECK(at::equal(embed_all(heads.image, rows), embed_all(image, rows)));
  CHECK(at::equal(embed_all(heads.text, rows), embed_all(text, rows)));
  CHECK(files.count() == 1);
  files.remove_heads("a");
  CHECK_FALSE(files.has_heads("a"));
  CHECK(files.read("a").has_value());
}

TEST_CASE("a trial's name follows its options, seed and data") {
  TrainOptions options;
  const std::string name = trial_name(options, "data");
  CHECK(trial_name(options, "data") == name);
  CHECK(trial_name(options, "other") != name);
  options.seed = 1;
  CHECK(trial_name(options, "data") != name);
}

TEST_CASE("a damaged trial is refused by its file") {
  const ScratchFolder folder;
  const TrialFiles files(folder.path());
  files.write("a", small_trial(), small_head(1), small_head(2));
  std::string text = read_file(folder / "trials/a.json");
  text.replace(text.find("12.34"), 5, "99.34");
  write_file(folder / "trials/a.json", text);
  CHECK_THROWS_WITH_AS(files.read("a"), doctest::Contains("a.json: expected content with checksum"), FileError);
}
