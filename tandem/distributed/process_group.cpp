#include "tandem/distributed/process_group.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>

#include "tandem/base/shape_check.h"
#include "tandem/distributed/backend.h"

namespace tandem {
namespace {

/// The first line, without LibTorch's backtrace.
std::string reason(const std::exception& error) {
  const auto* c10_error = dynamic_cast<const c10::Error*>(&error);
  const std::string text = c10_error != nullptr ? c10_error->what_without_backtrace() : error.what();
  return text.substr(0, text.find('\n'));
}

}  // namespace

struct ProcessGroup::Connection {
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::Backend> backend;
};

template <typename Act>
void ProcessGroup::together(const char* what, const Act& act) {
  const at::NoGradGuard no_gradient;
  try {
    act();
  } catch (const c10::ValueError&) {
    throw;  // The caller is wrong (LibTorch without NCCL), not another process.
  } catch (const std::exception& error) {
    throw std::runtime_error("process " + std::to_string(launch_.rank) + " of " + std::to_string(launch_.count) +
                             " could not " + what + ": expected an answer of all within " +
                             std::to_string(std::chrono::duration_cast<std::chrono::seconds>(timeout_).count()) +
                             " s, and another process is gone or late (" + reason(error) + ")");
  }
}

ProcessGroup::ProcessGroup(Launch launch, std::chrono::milliseconds timeout, c10::Device device)
    : launch_(std::move(launch)), timeout_(timeout), device_(device), connection_(std::make_unique<Connection>()) {
  together("meet the others", [&] {
    c10d::TCPStoreOptions options;
    options.port = launch_.port;
    options.isServer = launch_.rank == 0 && !launch_.store_serves;
    options.waitWorkers = false;
    options.timeout = timeout_;
    // One name space per start: torchrun keeps its store when it restarts the processes.
    const char* restarts = std::getenv("TORCHELASTIC_RESTART_COUNT");
    connection_->store =
        c10::make_intrusive<c10d::PrefixStore>(std::string("tandem/") + (restarts != nullptr ? restarts : "0"),
                                               c10::make_intrusive<c10d::TCPStore>(launch_.host, options));
    connection_->backend = make_backend(connection_->store, launch_.rank, launch_.count, timeout_, device_);
  });
}

ProcessGroup::~ProcessGroup() = default;

at::Tensor ProcessGroup::gather_rows(const at::Tensor& own) {
  check_shape("ProcessGroup::gather_rows", "own", own, {kAnySize, kAnySize});
  std::vector<at::Tensor> rows;
  together("gather embeddings", [&] {
    const auto all_of = [&](const at::Tensor& mine) {
      std::vector<at::Tensor> input = {mine};
      std::vector<std::vector<at::Tensor>> output(1);
      for (int i = 0; i < launch_.count; ++i) output[0].push_back(at::empty(mine.sizes(), mine.options()));
      connection_->backend->allgather(output, input)->wait();
      return output[0];
    };
    std::vector<std::int64_t> counts;
    for (const at::Tensor& count : all_of(at::full({1}, own.size(0), at::TensorOptions(device_).dtype(at::kLong))))
      counts.push_back(count.item<std::int64_t>());
    // Only tensors of equal size can be gathered.
    at::Tensor padded =
        at::zeros({*std::max_element(counts.begin(), counts.end()), own.size(1)}, own.options().requires_grad(false));
    padded.narrow(0, 0, own.size(0)).copy_(own);
    rows = all_of(padded);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = rows[i].narrow(0, 0, counts[i]);
  });
  return at::cat(rows);
}

void ProcessGroup::add_up(const std::vector<at::Tensor>& tensors) {
  if (tensors.empty()) return;
  together("add up gradients", [&] {
    std::vector<at::Tensor> flat;
    for (const at::Tensor& tensor : tensors) flat.push_back(tensor.reshape({-1}));
    std::vector<at::Tensor> all = {at::cat(flat)};
    connection_->backend->allreduce(all)->wait();
    std::int64_t begin = 0;
    for (const at::Tensor& tensor : tensors) {
      tensor.copy_(all[0].narrow(0, begin, tensor.numel()).view(tensor.sizes()));
      begin += tensor.numel();
    }
  });
}

double ProcessGroup::of_first(double value) {
  std::vector<at::Tensor> tensors = {at::full({1}, value, at::TensorOptions(device_).dtype(at::kDouble))};
  together("hear from the first process", [&] { connection_->backend->broadcast(tensors)->wait(); });
  return tensors[0].item<double>();
}

void ProcessGroup::meet() {
  std::vector<at::Tensor> here = {at::zeros({1}, at::TensorOptions(device_))};
  together("wait for the others", [&] {
    connection_->backend->allreduce(here)->wait();
    here[0].item<float>();  // Waits for a GPU, which works asynchronously.
  });
}

}  // namespace tandem
