#include "tandem/fit/best_recipe.h"

#include <doctest/doctest.h>

#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

void put(const ScratchFolder& models, const std::string& name, const std::string& encoder) {
  std::filesystem::copy(reference_dir() / "encoders" / encoder, models / name);
}

}  // namespace

TEST_CASE("the best recipe takes every picture encoder that is there and names those that are not") {
  const ScratchFolder models;
  put(models, "a-vit", "tiny_vit");
  put(models, "efficientnet-lite0", "tiny_efficientnet");
  put(models, "resnet-small", "tiny_resnet_basic");
  put(models, "bert", "tiny_bert");
  FitOptions options;
  const std::vector<std::string> missing = make_best(options, {models.path()});
  const std::vector<std::string> folders = {models / "a-vit", models / "efficientnet-lite0", models / "resnet-small"};
  CHECK(options.encode.image_encoders == folders);
  const std::vector<std::string> views = {"cls+mirror,mean+mirror", "mean+mirror", "mean+mirror"};
  CHECK(options.encode.image_poolings == views);
  CHECK(options.train.options.image_head.hidden_width == 2048);
  CHECK(options.train.options.epochs == 12);
  REQUIRE(missing.size() == 2);
  CHECK(missing[0].starts_with("EfficientNet-Lite2 is not there"));
  CHECK(missing[1].starts_with("DeiT-tiny is not there: get it with 'tandem fetch hf:"));
}

TEST_CASE("of encoders of one name the best recipe takes the first place's") {
  const ScratchFolder first, second;
  put(first, "deit-tiny", "tiny_deit");
  put(second, "deit-tiny", "tiny_deit");
  FitOptions options;
  make_best(options, {first.path(), second.path(), first / "nothing"});
  const std::vector<std::string> folders = {first / "deit-tiny"};
  CHECK(options.encode.image_encoders == folders);
}
