#include "apps/terminal/training_view.h"

#include <doctest/doctest.h>

using namespace tandem;
using namespace tandem::apps;

TEST_CASE("the live line tells loss and temperature and dev and speed and the time left") {
  TrainingView view(/*quiet=*/true, 13, 29 * 1024);
  view.earlier({{.epoch = 1, .loss = 4, .dev_recall = 45.2, .seconds = 5},
                {.epoch = 2, .loss = 3, .dev_recall = 44.1, .seconds = 5}});
  const StepReport step = {
      .epoch = 3, .step = 70, .steps = 377, .pairs = 1024, .loss = 2.1034, .logit_scale = 23.1, .learning_rate = 1e-3};
  CHECK(view.line(step, 71) ==
        "epoch 3/13  [##              ]  loss 2.1034  scale 23.1 (temperature 0.043)  dev 44.10, best 45.20 in epoch 1 "
        " 1,024 pairs/s  5:07 left");
}

TEST_CASE("the live line fits any terminal and keeps epoch and loss and the time left longest") {
  TrainingView view(/*quiet=*/true, 13, 29 * 1024);
  view.earlier({{.epoch = 1, .loss = 4, .dev_recall = 45.2, .seconds = 5}});
  const StepReport step = {
      .epoch = 3, .step = 70, .steps = 377, .pairs = 1024, .loss = 2.1034, .logit_scale = 23.1, .learning_rate = 1e-3};
  for (std::size_t columns = 1; columns < 150; ++columns) CHECK(view.line(step, 71, columns).size() <= columns);
  CHECK(view.line(step, 71, 79) == "epoch 3/13  loss 2.1034  dev 45.20, best 45.20 in epoch 1  5:07 left");
  CHECK(view.line(step, 71, 40) == "epoch 3/13  loss 2.1034  5:07 left");
}
