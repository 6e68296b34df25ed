#include "tandem/training/option_use.h"

#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include <algorithm>

#include "tandem/training/train_options_json.h"
#include "tandem/training/trainer.h"
#include "training/toy_pairs.h"

using namespace tandem;

namespace {

/// run.json's options with the option of that name changed.
TrainOptions with(const TrainOptions& options, const std::string& name, const Json& value) {
  Json json = to_json(options);
  std::string path = "/" + name;
  std::replace(path.begin(), path.end(), '.', '/');
  const std::vector<std::string> places =
      path.starts_with("/head/") ? std::vector<std::string>{"/image_" + path.substr(1), "/text_" + path.substr(1)}
                                 : std::vector{path};
  for (const std::string& place : places) {
    REQUIRE(json.contains(Json::json_pointer(place)));
    json[Json::json_pointer(place)] = value;
  }
  return train_options_from_json(json, "test");
}

TrainOptions few_steps() {
  TrainOptions options = tests::toy_options();
  options.epochs = 1;
  options.batch_size = 20;
  options.image_head.blocks = 0;
  options.text_head = options.image_head;
  return options;
}

bool same_heads(const TrainedHeads& one, const TrainedHeads& other) {
  const auto same = [](const ProjectionHead& a, const ProjectionHead& b) {
    const auto left = a.tensors();
    const auto right = b.tensors();
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (!at::equal(left[i].second, right[i].second)) return false;
    }
    return true;
  };
  return same(one.image, other.image) && same(one.text, other.text);
}

/// Another value that is in range.
Json other_value(const std::string& name) {
  if (name == "learn_scale") return false;
  if (name == "head.hidden_width") return 24;
  if (name == "head.blocks" || name == "structure.levels") return 2;
  if (name == "head.queries") return 3;
  if (name == "initial_scale") return 5.0;
  if (name == "largest_scale") return 50.0;
  if (name == "initial_bias") return -2.0;
  if (name == "loss.margin") return 1e-4;  // every pair of a larger one is within it, and its gradient the same
  return 0.37;
}

}  // namespace

TEST_CASE("an option changes the trained heads exactly where the table says that it is used" *
          doctest::test_suite("slow")) {
  const PairedFeatures features = tests::toy_pairs(40, 10);
  for (const std::string& loss : loss_names()) {
    for (const HeadKind head : {HeadKind::kLinear, HeadKind::kMlp, HeadKind::kGlu}) {
      for (const bool other : {false, true}) {  // the choices beside loss and head
        TrainOptions options = few_steps();
        options.loss.kind = *loss_named(loss);
        options.image_head.kind = head;
        options.image_head.scaling = other ? FeatureScaling::kPca : FeatureScaling::kStandardise;
        options.text_head = options.image_head;
        options.structure.weight = other ? 5 : 0;
        const TrainedHeads before = train_heads(features, options, {});
        for (const OptionUse& use : option_uses()) {
          const std::string name(use.option);
          if (name == "head.queries") continue;                           // needs views to pool
          if (name == "head.blocks" && head != HeadKind::kMlp) continue;  // refused by the head itself
          const bool is_used = unused(name, options) == nullptr;
          if (name == "largest_scale" && is_used) continue;  // counts only once the scale has risen to it
          const TrainedHeads after = train_heads(features, with(options, name, other_value(name)), {});
          INFO(name, " with ", loss, ", ", head_name(head), ", ", other);
          CHECK(same_heads(before, after) == !is_used);
        }
      }
    }
  }
}

TEST_CASE("an option of both heads is used where one of them uses it, and one head's where that head does") {
  TrainOptions options;
  options.text_head.kind = HeadKind::kLinear;
  CHECK(unused("head.dropout", options) == nullptr);
  CHECK(unused("image_head.dropout", options) == nullptr);
  REQUIRE(unused("text_head.dropout", options) != nullptr);
  CHECK(unused("text_head.dropout", options)->option == "head.dropout");
  CHECK(unused("text_head.feature_noise", options) == nullptr);
}
