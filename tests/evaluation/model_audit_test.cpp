#include "tandem/evaluation/model_audit.h"

#include <doctest/doctest.h>

#include "evaluation/toy_model.h"

using namespace tandem;
using tests::ScratchFolder;
using tests::toy_model;

namespace {

Split test_from_200(std::int64_t image) { return image < 200 ? Split::kTrain : Split::kTest; }

}  // namespace

TEST_CASE("a model's audit judges the split train by cross-fitting and all other pictures by its own heads") {
  const ScratchFolder folder;
  const Model model =
      toy_model(folder, 60, [](std::int64_t image) { return image % 3 == 0 ? Split::kTest : Split::kTrain; });
  std::vector<std::string> stages;
  const ModelAudit audit =
      audit_model(model, {.split = "all", .folds = 2, .epochs = 1}, [&](const std::string& doing, const std::string&) {
        stages.push_back(doing);
        return Progress();
      });
  CHECK((stages == std::vector<std::string>{"making fold heads", "comparing captions"}));
  CHECK(audit.cross_fitted == 40);
  CHECK(audit.folds == 2);
  CHECK(audit.left_out.empty());
  CHECK(audit.audit.pairs.size() == 120);
  std::int64_t judged = 0;
  for (const Verdict verdict : {Verdict::kAligned, Verdict::kAmbiguous, Verdict::kHub, Verdict::kWrongCaption})
    judged += audit.count(verdict);
  CHECK(judged == 120);
  CHECK_FALSE(audit.planted);
}

TEST_CASE("a model's audit finds planted swaps on a split that the model did not see") {
  const ScratchFolder folder;
  const Model model = toy_model(folder, 300, test_from_200);
  const ModelAudit audit = audit_model(model, {.split = "test", .planted_share = 0.1, .seed = 3});
  CHECK(audit.folds == 0);
  REQUIRE(audit.planted);
  CHECK(audit.planted->chance == doctest::Approx(0.1));
  CHECK(audit.planted->average_precision > 0.5);
  CHECK(audit.pairs.text_in_store.size() == 200);
}

TEST_CASE("a model's audit leaves out what cannot be judged and refuses folds that do not fit") {
  const ScratchFolder folder;
  const Model model =
      toy_model(folder, 41, [](std::int64_t image) { return image < 40 ? Split::kTrain : Split::kTest; });
  const ModelAudit audit = audit_model(model, {.split = "all", .folds = 2, .epochs = 1});
  CHECK(audit.left_out_images == 1);
  CHECK(audit.left_out.find("the only picture") != std::string::npos);
  CHECK(audit.pairs.image.size(0) == 40);
  CHECK_THROWS_WITH_AS(audit_model(model, {.split = "train", .folds = 21}),
                       doctest::Contains("--folds must be from 2 to 20, two pictures a fold"), c10::ValueError);
  CHECK_THROWS_WITH_AS(audit_model(model, {.split = "test"}),
                       doctest::Contains("4 pictures of the split train or 2 of the others were needed, got 0 and 1"),
                       c10::ValueError);
}

TEST_CASE("a model's audit that is asked to stop ends between steps") {
  const ScratchFolder folder;
  const Model model = toy_model(folder, 40, [](std::int64_t) { return Split::kTrain; });
  std::int64_t asked = 0;
  CHECK_THROWS_AS(audit_model(model, {.split = "train", .folds = 2}, {}, [&] { return ++asked == 3; }), Stopped);
  CHECK(asked == 3);
}
