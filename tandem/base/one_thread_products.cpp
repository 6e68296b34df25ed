#include "tandem/base/one_thread_products.h"

#include <ATen/Parallel.h>

/// Intel oneMKL, developer reference, "Threading control": 0 is the number of threads of the whole
/// process. Absent from a LibTorch that was built with another library.
extern "C" __attribute__((weak)) int MKL_Set_Num_Threads_Local(int threads);

namespace tandem {

OneThreadProducts::OneThreadProducts() {
  if (MKL_Set_Num_Threads_Local == nullptr) return;
  at::get_num_threads();  // LibTorch sets MKL's number when it first sees a thread; that must come before ours.
  before_ = MKL_Set_Num_Threads_Local(1);
}

OneThreadProducts::~OneThreadProducts() {
  if (MKL_Set_Num_Threads_Local != nullptr) MKL_Set_Num_Threads_Local(before_);
}

}  // namespace tandem
