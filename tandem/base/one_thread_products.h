// Products and decompositions whose bits do not depend on the number of threads.
#pragma once

namespace tandem {

/// While it lives, MKL works with one thread for the thread that made it: what LibTorch's products
/// and decompositions on the CPU give then has the same bits whatever the number of threads. With
/// several, MKL adds up in another order (seen on AVX-512). Other threads are not touched. A
/// LibTorch without MKL is left as it is.
class OneThreadProducts {
 public:
  OneThreadProducts();
  ~OneThreadProducts();
  OneThreadProducts(const OneThreadProducts&) = delete;
  OneThreadProducts& operator=(const OneThreadProducts&) = delete;

 private:
  int before_ = 0;
};

}  // namespace tandem
