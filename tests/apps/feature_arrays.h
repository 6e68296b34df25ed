// Features of two widths with a hidden cause in common, imported: a data set for `tandem train`
// that needs neither pictures nor encoders.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/randn.h>

#include <string>

#include "apps/program.h"
#include "apps/split_of_fifth.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/npy_file.h"

namespace tandem::tests {

struct FeatureArrays {
  at::Tensor image, text, pairs;
  std::string splits;  ///< one per line
};

/// `images` pictures of 24 columns, with two captions each of 16; of five pictures three are train,
/// one dev, one test.
inline FeatureArrays feature_arrays(std::int64_t images) {
  at::Generator chance = at::detail::createCPUGenerator(7);
  const at::Tensor cause = at::randn({images, 6}, chance);
  const at::Tensor to_image = at::randn({6, 24}, chance);
  const at::Tensor to_text = at::randn({6, 16}, chance);
  FeatureArrays arrays;
  arrays.pairs = at::arange(2 * images, at::kLong).floor_divide(2);
  arrays.image = cause.matmul(to_image);
  arrays.text = cause.index_select(0, arrays.pairs).matmul(to_text).add(at::randn({2 * images, 16}, chance), 0.05);
  for (std::int64_t i = 0; i < images; ++i) arrays.splits += split_of_fifth(i) + "\n";
  return arrays;
}

/// Imports them into FOLDER/NAME and returns that.
inline std::string import_arrays(const ScratchFolder& folder, const FeatureArrays& arrays,
                                 const std::string& name = "features") {
  write_npy(folder / (name + "-image.npy"), arrays.image);
  write_npy(folder / (name + "-text.npy"), arrays.text);
  write_npy(folder / (name + "-pairs.npy"), arrays.pairs);
  write_file(folder / (name + "-split.txt"), arrays.splits);
  successful({"import", "--image", folder / (name + "-image.npy"), "--text", folder / (name + "-text.npy"),
              "--image-of-caption", folder / (name + "-pairs.npy"), "--split", folder / (name + "-split.txt"), "--out",
              folder / name});
  return folder / name;
}

}  // namespace tandem::tests
