#include "tandem/figures/training_curves.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <limits>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::draw_training_curves;
using tandem::EpochPoint;
using tandem::tests::ScratchFolder;

namespace {

const std::vector<EpochPoint> kEpochs = {{1, 5.0, 14.3, 10}, {2, 4.0, 15, 30}, {3, 3.5, 16, 29}};

}  // namespace

TEST_CASE("the curves name what they show and the chosen epoch") {
  const ScratchFolder folder;
  draw_training_curves(folder / "curves.svg", kEpochs, 2, "Run & more");
  const std::string text = tandem::read_file(folder / "curves.svg");
  CHECK(text.find("<title>Run &amp; more</title>") != std::string::npos);
  CHECK(text.find("Loss, logit scale and recall on dev over the epochs. Dashed: epoch 2, the chosen one.") !=
        std::string::npos);
  CHECK(text.find("nan") == std::string::npos);
}

TEST_CASE("one epoch and values that are not finite can be drawn") {
  const ScratchFolder folder;
  draw_training_curves(folder / "one.svg", {{1, 5.0, 14.3, 10}}, 1);
  std::vector<EpochPoint> gap = kEpochs;
  gap[1].loss = std::numeric_limits<double>::quiet_NaN();
  for (EpochPoint& epoch : gap) epoch.dev_recall = std::numeric_limits<double>::infinity();
  draw_training_curves(folder / "gap.svg", gap, 2);
  CHECK(tandem::read_file(folder / "one.svg").find("nan") == std::string::npos);
  CHECK(tandem::read_file(folder / "gap.svg").find("nan") == std::string::npos);
  CHECK(tandem::read_file(folder / "gap.svg").find("inf") == std::string::npos);
}

TEST_CASE("curves without epochs or with a chosen one that is not there are refused") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(draw_training_curves(folder / "curves.png", {}), doctest::Contains("at least one epoch"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(draw_training_curves(folder / "curves.png", kEpochs, 4),
                       doctest::Contains("one of the epochs, got 4"), c10::ValueError);
  CHECK_THROWS_WITH_AS(draw_training_curves(folder / "curves.png", {kEpochs[1], kEpochs[0]}),
                       doctest::Contains("epochs must rise, got 1 after 2"), c10::ValueError);
  CHECK_THROWS_AS(draw_training_curves(folder / "curves.txt", kEpochs), tandem::FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}
