// Prints the loss of a batch whose rows are paired, and that of the same rows exchanged.

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>

#include <iostream>

#include "tandem/losses/info_nce.h"
#include "tandem/losses/streaming_losses.h"

int main() {
  const at::Tensor rows = at::eye(8);
  const tandem::PairBatch paired{
      .image = rows, .text = rows, .log_scale = at::full({}, 2.0), .image_id = at::arange(8, at::kLong)};
  tandem::PairBatch exchanged = paired;
  exchanged.text = rows.flip({0});
  std::cout << "paired " << tandem::streaming_info_nce(paired).item<float>() << ", exchanged "
            << tandem::info_nce(exchanged).item<float>() << "\n";
}
