#include "tandem/training/training_memory.h"

#include <c10/util/Exception.h>
#include <unistd.h>

#include "tandem/base/number_text.h"

namespace tandem {
namespace {

double memory_bytes() {
  return static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// Of a head whose input is the features as they are; pooling makes it narrower.
double weight_count(const HeadOptions& head, std::int64_t columns) {
  const auto in = static_cast<double>(columns);
  const auto hidden = static_cast<double>(head.hidden_width);
  const auto out = static_cast<double>(head.embedding_width);
  switch (head.kind) {
    case HeadKind::kLinear:
      return in * out;
    case HeadKind::kGlu:
      return 2 * in * hidden + hidden * out;
    default:
      return in * hidden + 2 * static_cast<double>(head.blocks) * hidden * hidden + hidden * out;
  }
}

}  // namespace

void check_memory(const TrainOptions& options, std::int64_t image_columns, std::int64_t text_columns) {
  constexpr double kCopies = 5, kBytes = 4;
  const bool pooled = !options.image_head.pooled.empty() || !options.text_head.pooled.empty();
  const double needed =
      pooled ? 0
             : kCopies * kBytes *
                   (weight_count(options.image_head, image_columns) + weight_count(options.text_head, text_columns));
  TORCH_CHECK_VALUE(needed <= memory_bytes(), "train: heads with a width of ", options.image_head.embedding_width,
                    ", a hidden width of ", options.image_head.hidden_width, " and ", options.image_head.blocks,
                    " blocks need at least ", decimal(needed / 1e9, 1), " GB of memory, the machine has ",
                    decimal(memory_bytes() / 1e9, 1));
}

}  // namespace tandem
