// Steps of training on arrays, timed: the tandem side of training_speed.py.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "tandem/base/freed_memory.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/npy_file.h"
#include "tandem/training/head_tensors.h"
#include "tandem/training/training_step.h"

using namespace tandem;

namespace {

double cpu_seconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  std::string folder;
  std::int64_t steps = 1, batch = 1024, threads = 1;
  double noise = 0, dropout = 0;
  bool bf16 = false;
  CLI::App app{"Times training steps on FOLDER/{image,text,order}.npy from the weights of FOLDER/heads.safetensors."};
  app.add_option("folder", folder)->required();
  app.add_option("--steps", steps);
  app.add_option("--batch", batch);
  app.add_option("--noise", noise);
  app.add_option("--dropout", dropout);
  app.add_option("--threads", threads);
  app.add_flag("--bf16", bf16);
  CLI11_PARSE(app, argc, argv);
  at::set_num_threads(static_cast<int>(threads));
  at::globalContext().setFloat32MatmulPrecision("medium");

  const std::filesystem::path files = folder;
  const TrainingPairs pairs{.image = read_npy(files / "image.npy"), .text = read_npy(files / "text.npy"), .image_of_text = at::arange(read_npy(files / "text.npy").size(0), at::kLong),
                            .batch_size = batch, .batches = steps};
  const at::Tensor order = read_npy(files / "order.npy");
  TrainOptions options;
  options.image_head.dropout = dropout;
  options.image_head.feature_noise = noise;
  options.image_head.bf16 = bf16;
  options.text_head = options.image_head;
  if (bf16) options.loss.streaming.products = Products::kBFloat16;
  options.epochs = 1;
  options.schedule = ScheduleKind::kConstant;
  options.warm_up = 0;
  const SafetensorsFile weights = SafetensorsFile::open(files / "heads.safetensors");
  TrainingState state = state_around(read_head(weights, "image.", options.image_head).trainable_copy(), read_head(weights, "text.", options.text_head).trainable_copy(), options);
  std::vector<double> losses;
  const double before = cpu_seconds();
  for (std::int64_t step = 0; step < steps; ++step) losses.push_back(take_step(state, pairs, order.narrow(0, step * batch, batch), options).loss);
  std::cout << Json{{"losses", losses}, {"cpu_seconds", cpu_seconds() - before}, {"logit_scale", state.logit_scale()}}.dump() << "\n";
  return 0;
}
