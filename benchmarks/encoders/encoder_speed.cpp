// How many items a second of processor time (of a GPU: by the clock) an encoder of tandem's takes:
// batches that are there already, captions, or picture files. Prints a JSON object and writes the
// last answers, so that the caller can compare them before it believes the speed.

#include <CLI/CLI.hpp>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "benchmarks/stopwatch.h"
#include "tandem/base/freed_memory.h"
#include "tandem/base/worker_batches.h"
#include "tandem/features/encode_images.h"
#include "tandem/features/encode_texts.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"

using namespace tandem;

namespace {

struct Arguments {
  std::string encoder, batches, captions, pictures, out, dtype = "auto", device = "cpu";

  Compute compute() const { return {precision_named(dtype, device_named(device)), device_named(device)}; }
  int threads = 1;
  double seconds = 3;
};

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Calls `work`, which does `items`, once to warm up and then until so much time of the device (of
/// all threads together) is over. Items a second of it.
double items_per_second(std::int64_t items, double seconds, c10::Device device, const std::function<void()>& work) {
  work();
  const double start = seconds_on(device);
  std::int64_t done = 0;
  double passed = 0;
  do {
    work();
    done += items;
    passed = seconds_on(device) - start;
  } while (passed < seconds);
  return static_cast<double>(done) / passed;
}

/// A worker encodes thousands of batches in one go (base/worker_batches.h); here it shall not be
/// measured being born.
constexpr std::int64_t kBatchesAThread = 8;

/// Every thread encodes the same batch; what is timed is the network alone. "ids" and "mask", or
/// "pixels".
double time_batches(const Arguments& arguments, at::Tensor& answer) {
  const Compute compute = arguments.compute();
  const SafetensorsFile file = SafetensorsFile::open(arguments.batches);
  const std::int64_t copies = arguments.threads * kBatchesAThread;
  if (file.has("pixels")) {
    const ImageTower tower = open_image_tower(arguments.encoder, compute);
    const at::Tensor pixels = file.tensor("pixels").to(compute.device);
    return items_per_second(copies * pixels.size(0), arguments.seconds, compute.device, [&] {
      for_each_batch(copies, arguments.threads,
                     [&](std::int64_t i) {
                       const at::Tensor states = tower.encoder->patch_states(pixels);
                       if (i == 0) answer = states;
                     },
                     {});
    });
  }
  const TextTower tower = open_text_tower(arguments.encoder, compute);
  const at::Tensor ids = file.tensor("ids").to(compute.device);
  const at::Tensor mask = file.tensor("mask").to(at::kBool).to(compute.device);
  return items_per_second(copies * ids.size(0), arguments.seconds, compute.device, [&] {
    for_each_batch(copies, arguments.threads,
                   [&](std::int64_t i) {
                     const at::Tensor states = tower.encoder->hidden_states(ids, mask).back();
                     if (i == 0) answer = states;
                   },
                   {});
  });
}

double time_captions(const Arguments& arguments, at::Tensor& answer) {
  std::vector<TextSource> sources;
  sources.push_back(open_text_source(arguments.encoder, parse_views("mean"), arguments.compute()));
  const std::vector<std::string> captions = lines_of(arguments.captions);
  return items_per_second(static_cast<std::int64_t>(captions.size()), arguments.seconds, arguments.compute().device,
                          [&] { answer = encode_texts(sources, captions, arguments.threads); });
}

double time_pictures(const Arguments& arguments, at::Tensor& answer) {
  std::vector<ImageSource> sources;
  sources.push_back(open_image_source(arguments.encoder, parse_views("mean"), arguments.compute()));
  std::vector<PictureSource> pictures;
  for (const std::string& file : lines_of(arguments.pictures)) pictures.push_back({.file = file});
  return items_per_second(static_cast<std::int64_t>(pictures.size()), arguments.seconds, arguments.compute().device,
                          [&] { answer = encode_images(sources, pictures, arguments.threads).features; });
}

double time_inputs(const Arguments& arguments, at::Tensor& answer) {
  if (!arguments.batches.empty()) return time_batches(arguments, answer);
  if (!arguments.captions.empty()) return time_captions(arguments, answer);
  return time_pictures(arguments, answer);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Times an encoder");
  app.add_option("encoder", arguments.encoder, "Folder of the encoder")->required();
  auto* what = app.add_option_group("what is encoded");
  what->add_option("--batches", arguments.batches, "Safetensors with ids and mask, or pixels");
  what->add_option("--captions", arguments.captions, "A caption a line");
  what->add_option("--pictures", arguments.pictures, "A file name a line");
  what->require_option(1);
  app.add_option("--dtype", arguments.dtype, "auto, fp32, bf16 or fp16");
  app.add_option("--device", arguments.device, "cpu or cuda");
  app.add_option("--threads", arguments.threads, "Threads");
  app.add_option("--seconds", arguments.seconds, "How long to measure, in seconds of all threads together");
  app.add_option("--out", arguments.out, "Safetensors for the answers")->required();
  keep_freed_memory();
  CLI11_PARSE(app, argc, argv);
  try {
    at::Tensor answer;
    const double speed = time_inputs(arguments, answer);
    write_safetensors(arguments.out, {{"answer", answer.to(at::kFloat).cpu()}});
    std::cout << Json{{"items_per_second", speed}}.dump() << "\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
