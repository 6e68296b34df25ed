// Steps of training on arrays, timed: the tandem side of training_speed.py.
#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "benchmarks/stopwatch.h"
#include "tandem/base/freed_memory.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/npy_file.h"
#include "tandem/training/head_tensors.h"
#include "tandem/training/training_step.h"

using namespace tandem;

int main(int argc, char** argv) {
  keep_freed_memory();
  std::string folder, device_name = "cpu";
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
  app.add_option("--device", device_name);
  CLI11_PARSE(app, argc, argv);
  at::set_num_threads(static_cast<int>(threads));
  const c10::Device device(device_name);

  const std::filesystem::path files = folder;
  const at::Tensor text = read_npy(files / "text.npy").to(device);
  const TrainingPairs pairs{.image = read_npy(files / "image.npy").to(device),
                            .text = text,
                            .image_of_text = at::arange(text.size(0), at::TensorOptions(device).dtype(at::kLong)),
                            .batch_size = batch,
                            .batches = steps};
  const at::Tensor order = read_npy(files / "order.npy").to(device);
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
  const auto head = [&](const char* prefix, const HeadOptions& head_options) {
    return read_head(weights, prefix, head_options).on(device).trainable_copy();
  };
  TrainingState state = state_around(head("image.", options.image_head), head("text.", options.text_head), options);
  std::vector<double> losses;
  const double before = seconds_on(device);
  for (std::int64_t step = 0; step < steps; ++step)
    losses.push_back(take_step(state, pairs, order.narrow(0, step * batch, batch), options).loss);
  std::cout
      << Json{{"losses", losses}, {"seconds", seconds_on(device) - before}, {"logit_scale", state.logit_scale()}}.dump()
      << "\n";
  return 0;
}
