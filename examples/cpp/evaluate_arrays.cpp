// Measures retrieval with embeddings that another program computed, two NumPy arrays.
//
//   example_evaluate_arrays image.npy text.npy [image_of_text.npy]
//
//   image.npy          [N, D]  one row for each picture
//   text.npy           [M, D]  one row for each caption
//   image_of_text.npy  [M]     int64: the picture, from 0, that each caption describes; without it
//                              caption i describes picture i

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>

#include <exception>
#include <iostream>

#include "tandem/retrieval/protocol.h"
#include "tandem/storage/npy_file.h"

namespace {

at::Tensor unit_rows(const char* file) {
  const at::Tensor rows = tandem::read_npy(file).to(at::kFloat);
  return rows / rows.norm(2, {1}, /*keepdim=*/true);
}

void print(const char* direction, const tandem::RetrievalSummary& measured, const tandem::RetrievalSummary& chance) {
  std::cout << direction << ": recall@1 " << measured.r1 << "%, @5 " << measured.r5 << "%, @10 " << measured.r10
            << "%, median rank " << measured.median_rank << " (by chance " << chance.r1 << "%, " << chance.r5 << "%, "
            << chance.r10 << "%, " << chance.median_rank << ")\n";
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3 && count != 4) {
    std::cerr << "usage: example_evaluate_arrays image.npy text.npy [image_of_text.npy]\n";
    return 2;
  }
  try {
    const at::Tensor image = unit_rows(arguments[1]);
    const at::Tensor text = unit_rows(arguments[2]);
    const at::Tensor image_of_text =
        count == 4 ? tandem::read_npy(arguments[3]).to(at::kLong) : at::arange(text.size(0), at::kLong);
    const tandem::RetrievalResult result =
        tandem::measure_retrieval(image, text, image_of_text, tandem::Protocol::kAll);
    std::cout << result.images << " pictures, " << result.captions << " captions\n";
    print("image to text", result.image_to_text, result.chance.image_to_text);
    print("text to image", result.text_to_image, result.chance.text_to_image);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
