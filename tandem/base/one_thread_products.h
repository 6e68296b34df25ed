// Products and decompositions whose bits do not depend on the number of threads.
#pragma once

namespace tandem {

/// While this object lives, MKL uses one thread for the calling thread. LibTorch's products and
/// decompositions on the CPU then give the same bits whatever the number of threads. With several
/// threads, MKL adds in another order (seen on AVX-512). Other threads are not affected. If
/// LibTorch was built without MKL, the object does nothing.
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
