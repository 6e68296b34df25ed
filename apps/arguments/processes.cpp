#include "apps/arguments/processes.h"

#include <ATen/ops/full.h>

#include <CLI/CLI.hpp>

#include "apps/terminal/stop_signals.h"
#include "tandem/nn/precision.h"

namespace tandem::apps {

void add_peer_timeout(CLI::App& command, int& seconds) {
  command.add_option("--peer-timeout", seconds, "Several processes: seconds after which a lost one ends the others")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
}

c10::Device device_of_process(const std::string& name) {
  const std::optional<Launch> launch = launch_from_environment();
  const bool one_of_several = launch && launch->count > 1 && name.starts_with("cuda");
  return device_named(one_of_several ? "cuda:" + std::to_string(launch->local_rank) : name);
}

std::unique_ptr<ProcessGroup> join_processes(int timeout_seconds, c10::Device device) {
  std::optional<Launch> launch = launch_from_environment();
  if (!launch || launch->count == 1) return nullptr;
  return std::make_unique<ProcessGroup>(*std::move(launch), std::chrono::seconds(timeout_seconds), device);
}

Peers training_peers(ProcessGroup* group) {
  if (group == nullptr) return {};
  return {.rank = group->rank(),
          .count = group->count(),
          .gather_rows = [group](const at::Tensor& own, std::int64_t) { return group->gather_rows(own); },
          .add_up = [group](const std::vector<at::Tensor>& gradients) { group->add_up(gradients); },
          .of_first = [group](double own) { return group->of_first(own); }};
}

bool stop_asked_of_any(ProcessGroup* group, c10::Device device) {
  if (group == nullptr) return stop_asked();
  const at::Tensor asked = at::full({1}, stop_asked() ? 1.0 : 0.0, at::TensorOptions(device).dtype(at::kFloat));
  group->add_up({asked});
  return asked.item<float>() > 0;
}

EncodeShare encode_share(ProcessGroup* group) {
  if (group == nullptr) return {};
  return {.rank = group->rank(), .count = group->count(), .meet = [group] { group->meet(); }};
}

}  // namespace tandem::apps
