// Times retrieval metrics inside the library, without reading and start-up:
//   retrieval_speed IMAGE.npy TEXT.npy IMAGE_OF_TEXT.npy [THREADS] [SAMPLES]
// prints JSON: CPU seconds of all metrics both ways, of the intervals and of the matrix products
// alone; the memory they added; recalls.

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <c10/core/InferenceMode.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "tandem/retrieval/retrieval_intervals.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/npy_file.h"

namespace {

using namespace tandem;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double peak_mb() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// The products of all tiles and nothing else.
double floor_seconds(const at::Tensor& image, const at::Tensor& text) {
  const c10::InferenceMode no_gradients;
  constexpr std::int64_t kRows = 256, kColumns = 1536;
  const double begin = cpu_seconds();
  at::Tensor tile = at::empty({kRows * kColumns});
  for (std::int64_t top = 0; top < image.size(0); top += kRows) {
    const std::int64_t rows = std::min(kRows, image.size(0) - top);
    for (std::int64_t left = 0; left < text.size(0); left += kColumns) {
      const std::int64_t columns = std::min(kColumns, text.size(0) - left);
      at::Tensor out = tile.narrow(0, 0, rows * columns).view({rows, columns});
      at::mm_out(out, image.narrow(0, top, rows), text.narrow(0, left, columns).t());
    }
  }
  return cpu_seconds() - begin;
}

Json recalls(const RetrievalSummary& summary) { return {summary.r1, summary.r5, summary.r10}; }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "retrieval_speed IMAGE.npy TEXT.npy IMAGE_OF_TEXT.npy [THREADS] [SAMPLES]\n";
    return 2;
  }
  at::set_num_threads(argc > 4 ? std::atoi(argv[4]) : 1);
  const at::Tensor image = read_npy(argv[1]).clone();
  const at::Tensor text = read_npy(argv[2]).clone();
  const at::Tensor pairs = read_npy(argv[3]).clone();
  const double loaded_mb = peak_mb();
  const double begin = cpu_seconds();
  const RetrievalResult result = measure_retrieval(image, text, pairs, Protocol::kAll);
  const double measured = cpu_seconds();
  const double measured_mb = peak_mb();
  const std::int64_t samples = argc > 5 ? std::atoll(argv[5]) : 10000;
  double interval_s = 0;
  if (samples > 0) {
    retrieval_intervals(result, {1, 5, 10}, {.samples = samples});
    interval_s = cpu_seconds() - measured;
  }
  std::cout << Json{{"seconds", measured - begin},
                    {"interval_seconds", interval_s},
                    {"floor_seconds", floor_seconds(image, text)},
                    {"extra_mb", measured_mb - loaded_mb},
                    {"image_to_text", recalls(result.image_to_text)},
                    {"text_to_image", recalls(result.text_to_image)}}
                   .dump()
            << "\n";
}
