#include "tandem/heads/seeded_noise.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <mutex>
#include <vector>

namespace tandem {
namespace {

/// LibTorch draws from one generator on one thread. Here every part of the tensor, always of the same size, has a
/// generator of its own, seeded from `chance`.
template <typename Fill>
at::Tensor filled_in_parts(at::IntArrayRef sizes, at::Generator& chance, const Fill& fill) {
  constexpr std::int64_t kPart = 1 << 16;
  at::Tensor values = at::empty(sizes, at::kFloat);
  const at::Tensor flat = values.view({-1});
  std::vector<std::uint64_t> seeds((flat.size(0) + kPart - 1) / kPart);
  {
    const std::lock_guard<std::mutex> lock(chance.mutex());
    for (std::uint64_t& seed : seeds) seed = at::check_generator<at::CPUGeneratorImpl>(chance)->random64();
  }
  at::parallel_for(0, static_cast<std::int64_t>(seeds.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      at::Tensor part = flat.narrow(0, i * kPart, std::min(kPart, flat.size(0) - i * kPart));
      fill(part, at::detail::createCPUGenerator(seeds[i]));
    }
  });
  return values;
}

}  // namespace

at::Tensor normal_noise(at::IntArrayRef sizes, double deviation, at::Generator& chance) {
  return filled_in_parts(sizes, chance, [&](at::Tensor& part, const at::Generator& own) { part.normal_(0, deviation, own); });
}

at::Tensor dropout_factor(at::IntArrayRef sizes, double share, at::Generator& chance) {
  const auto limit = static_cast<float>(share), factor = static_cast<float>(1 / (1 - share));
  return filled_in_parts(sizes, chance, [&](at::Tensor& part, const at::Generator& own) {
    part.uniform_(0, 1, own);
    float* value = part.data_ptr<float>();
    for (std::int64_t i = 0; i < part.numel(); ++i) value[i] = value[i] < limit ? 0 : factor;
  });
}

}  // namespace tandem
