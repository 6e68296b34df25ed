// CPU seconds and memory of one contrastive loss with its gradients, and the rate of matrix products beside it.
// Prints a JSON object and writes value and gradients, so that the caller can compare them before it believes the speed.

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>

#include "tandem/base/freed_memory.h"
#include "tandem/losses/contrastive_loss.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"

using namespace tandem;

namespace {

struct Arguments {
  std::string batch, loss = "info-nce", products = "fp32", out;
  int threads = 1, rounds = 1;
  bool plain = false;
};

/// User and system time of the whole process: other programs on the machine do not count.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// A field of /proc/self/status, MiB.
double memory_mib(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == field + ":" && status >> kib) return kib / 1024;
  }
  return 0;
}

/// The best of several products, of the losses' own shape and of a large square one. GFLOP a CPU second.
double product_rate() {
  double best = 0;
  for (const auto& [rows, inner, columns] : {std::tuple{2048, 512, 2048}, std::tuple{2048, 2048, 2048}}) {
    const at::Tensor left = at::ones({rows, inner}), right = at::ones({columns, inner});
    at::Tensor product = at::empty({rows, columns});
    for (int round = 0; round < 8; ++round) {
      const double start = cpu_seconds();
      at::addmm_out(product, product, left, right.t(), 0, 1);
      const double flops = 2.0 * rows * inner * columns;
      if (round > 0) best = std::max(best, flops / (cpu_seconds() - start) / 1e9);
    }
  }
  return best;
}

int run(const Arguments& arguments) {
  const SafetensorsFile file = SafetensorsFile::open(arguments.batch);
  const auto leaf = [&](const char* name) { return file.tensor(name).clone().requires_grad_(); };
  const at::Tensor image = leaf("image"), text = leaf("text"), log_scale = leaf("log_scale"), bias = leaf("bias");
  LossOptions options{.kind = *loss_named(arguments.loss)};
  if (arguments.plain) options.tiles_from = image.size(0) + 1;
  if (arguments.products == "bf16") options.streaming.products = Products::kBFloat16;
  const auto loss_of = [&](std::int64_t rows) {
    const auto part = [&](const at::Tensor& side) { return rows == image.size(0) ? side : side.narrow(0, 0, rows); };
    return contrastive_loss(options, {.image = part(image), .text = part(text), .log_scale = log_scale, .image_id = file.tensor("image_id").narrow(0, 0, rows)}, {.bias = bias});
  };
  loss_of(std::min<std::int64_t>(600, image.size(0))).backward();  // libraries are loaded, threads born
  for (const at::Tensor* one : {&image, &text, &log_scale, &bias}) one->mutable_grad().reset();
  const double rate = product_rate();

  std::ofstream("/proc/self/clear_refs") << "5";  // the high-water mark begins here
  const double before = memory_mib("VmRSS");
  at::Tensor value;
  Json seconds = Json::array();
  double peak = 0;
  for (int round = 0; round < arguments.rounds; ++round) {
    for (const at::Tensor* one : {&image, &text, &log_scale, &bias}) one->mutable_grad().reset();
    const double start = cpu_seconds();
    value = loss_of(image.size(0));
    value.backward();
    seconds.push_back(cpu_seconds() - start);
    if (round == 0) peak = memory_mib("VmHWM") - before;
  }
  const double gradients = 2.0 * static_cast<double>(image.numel()) * 4 / (1 << 20);
  write_safetensors(arguments.out, {{"value", value.detach().reshape({1})}, {"image", image.grad()}, {"text", text.grad()}});
  std::cout << Json{{"seconds", seconds}, {"extra_mib", peak - gradients}, {"gflops", rate}}.dump() << "\n";
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
