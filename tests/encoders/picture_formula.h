// The pictures of formula_pixels() in tests/reference/make_encoder_reference.py.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>

#include <cstdint>

namespace tandem::tests {

/// [pictures, 3, height, width]
inline at::Tensor formula_pixels(std::int64_t pictures, std::int64_t height, std::int64_t width) {
  at::Tensor pixels = at::zeros({pictures, 3, height, width});
  auto out = pixels.accessor<float, 4>();
  for (std::int64_t b = 0; b < pictures; ++b) {
    for (std::int64_t c = 0; c < 3; ++c) {
      for (std::int64_t y = 0; y < height; ++y) {
        for (std::int64_t x = 0; x < width; ++x) {
          out[b][c][y][x] = static_cast<float>((3 * (c + 1) * x + 5 * y + x * y / 16 + 40 * b) % 256 - 127) / 128;
        }
      }
    }
  }
  return pixels;
}

}  // namespace tandem::tests
