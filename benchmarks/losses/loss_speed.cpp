// Seconds and memory of one contrastive loss with its gradients, and the rate of matrix products
// beside it. Prints a JSON object and writes value and gradients, so that the caller can compare
// them before it believes the speed.

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>

#include "benchmarks/stopwatch.h"
#include "tandem/base/freed_memory.h"
#include "tandem/losses/contrastive_loss.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"

using namespace tandem;

namespace {

struct Arguments {
  std::string batch, loss = "info-nce", products = "fp32", device, out;
  int threads = 1, rounds = 1;
  bool plain = false;
};

/// A field of /proc/self/status, MiB.
double memory_mib(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == field + ":" && status >> kib) return kib / 1024;
  }
  return 0;
}

/// The peak of memory is counted from here on. MiB in use: what was freed before goes back to the
/// system first, or the loss would work in it and seem to take none.
double memory_begun(c10::Device device) {
  if (!device.is_cpu()) {
    at::getDeviceAllocator(device.type())->resetPeakStats(device.index());
    return static_cast<double>(
               at::getDeviceAllocator(device.type())->getDeviceStats(device.index()).allocated_bytes[0].current) /
           (1 << 20);
  }
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
  std::ofstream("/proc/self/clear_refs") << "5";
  return memory_mib("VmRSS");
}

double memory_peak(c10::Device device) {
  if (!device.is_cpu())
    return static_cast<double>(
               at::getDeviceAllocator(device.type())->getDeviceStats(device.index()).allocated_bytes[0].peak) /
           (1 << 20);
  return memory_mib("VmHWM");
}

/// The best of several products, of the losses' own shape and of a large square one. GFLOP a
/// second.
double product_rate(c10::Device device) {
  double best = 0;
  const int large = device.is_cpu() ? 2048 : 8192;
  for (const auto& [rows, inner, columns] : {std::tuple{2048, 512, 2048}, std::tuple{large, large, large}}) {
    const at::Tensor left = at::ones({rows, inner}, at::TensorOptions(device));
    const at::Tensor right = at::ones({columns, inner}, left.options());
    at::Tensor product = at::empty({rows, columns}, left.options());
    for (int round = 0; round < 8; ++round) {
      const double start = seconds_on(device);
      at::addmm_out(product, product, left, right.t(), 0, 1);
      const double flops = 2.0 * rows * inner * columns;
      if (round > 0) best = std::max(best, flops / (seconds_on(device) - start) / 1e9);
    }
  }
  return best;
}

int run(const Arguments& arguments) {
  const c10::Device device = arguments.device.empty() ? c10::kCPU : c10::Device(arguments.device);
  const SafetensorsFile file = SafetensorsFile::open(arguments.batch);
  const auto leaf = [&](const char* name) { return file.tensor(name).clone().to(device).requires_grad_(); };
  const at::Tensor ids = file.tensor("image_id").to(device);
  const at::Tensor image = leaf("image");
  const at::Tensor text = leaf("text");
  const at::Tensor log_scale = leaf("log_scale");
  const at::Tensor bias = leaf("bias");
  LossOptions options{.kind = *loss_named(arguments.loss)};
  if (arguments.plain) options.tiles_from = image.size(0) + 1;
  if (arguments.products == "bf16") options.streaming.products = Products::kBFloat16;
  const auto loss_of = [&](std::int64_t rows) {
    const auto part = [&](const at::Tensor& side) { return rows == image.size(0) ? side : side.narrow(0, 0, rows); };
    return contrastive_loss(
        options, {.image = part(image), .text = part(text), .log_scale = log_scale, .image_id = ids.narrow(0, 0, rows)},
        {.bias = bias});
  };
  loss_of(std::min<std::int64_t>(600, image.size(0))).backward();  // libraries are loaded, threads born
  for (const at::Tensor* one : {&image, &text, &log_scale, &bias}) one->mutable_grad().reset();

  const double before = memory_begun(device);
  at::Tensor value;
  Json seconds = Json::array();
  double peak = 0;
  for (int round = 0; round < arguments.rounds; ++round) {
    for (const at::Tensor* one : {&image, &text, &log_scale, &bias}) one->mutable_grad().reset();
    const double start = seconds_on(device);
    value = loss_of(image.size(0));
    value.backward();
    seconds.push_back(seconds_on(device) - start);
    if (round == 0) peak = memory_peak(device) - before;
  }
  const double gradients = 2.0 * static_cast<double>(image.numel()) * 4 / (1 << 20);
  write_safetensors(
      arguments.out,
      {{"value", value.detach().reshape({1}).cpu()}, {"image", image.grad().cpu()}, {"text", text.grad().cpu()}});
  std::cout << Json{{"seconds", seconds}, {"extra_mib", peak - gradients}, {"gflops", product_rate(device)}}.dump()
            << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Times a contrastive loss and its gradients");
  app.add_option("batch", arguments.batch, "Safetensors with image, text, log_scale, bias, image_id")->required();
  app.add_option("--loss", arguments.loss, "Name of the loss")->check(CLI::IsMember(loss_names()));
  app.add_option("--products", arguments.products, "fp32 or bf16")->check(CLI::IsMember({"fp32", "bf16"}));
  app.add_flag("--plain", arguments.plain, "With the whole matrix, not in tiles");
  app.add_option("--device", arguments.device, "cpu or cuda:0; time on a GPU is by the clock");
  app.add_option("--threads", arguments.threads, "Threads");
  app.add_option("--rounds", arguments.rounds, "How often to measure");
  app.add_option("--out", arguments.out, "Safetensors for value and gradients")->required();
  keep_freed_memory();
  CLI11_PARSE(app, argc, argv);
  try {
    at::set_num_threads(arguments.threads);
    return run(arguments);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
