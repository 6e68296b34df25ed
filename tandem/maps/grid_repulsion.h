// t-SNE's repulsion on a grid, in O(N + cells log cells) (after Linderman et al. 2019, with two
// changes). First, the push on a point is minus half the gradient of the potential, the sum over j
// of 1 / (1 + |y - y_j|^2), whose sum over the points is also the normaliser. So one charge and one
// convolution are enough; that paper uses four. Second, points and grid are connected through
// splines of order 6, differentiated exactly, as in smooth particle-mesh Ewald sums (Essmann et al.
// 1995), which allows a coarser grid.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tandem/maps/lane_fft.h"
#include "tandem/maps/repulsion.h"

namespace tandem {

/// Keeps the kernel's spectrum and its buffers from one call to the next.
class GridRepulsion {
 public:
  explicit GridRepulsion(ThreadTeam& team);
  ~GridRepulsion();
  GridRepulsion(const GridRepulsion&) = delete;
  GridRepulsion& operator=(const GridRepulsion&) = delete;

  /// Whether the grid is the faster method for a map of this extent; for a very wide map with few
  /// points, exact repulsion is faster.
  static bool pays(const PlanePoints& points);

  /// As exact_repulsion, with an error below 1% of the typical push. The bits do not depend on the
  /// team's size.
  void operator()(const PlanePoints& points, Repulsion& repulsion);

 private:
  struct Layout;
  void lay_out(const PlanePoints& points);
  void prepare_kernel();
  void rows_to_spectrum();
  void convolve_columns();
  void spectrum_to_rows();
  void gather(Repulsion& repulsion) const;

  ThreadTeam& team_;
  std::unique_ptr<Layout> layout_;
  std::unique_ptr<LaneFft> fft_;
  double kernel_spacing_ = 0;
  std::vector<float> kernel_;     ///< [column blocks, S, kLanes] spectrum, divided twice by the splines' own
  std::vector<float> spectrum_;   ///< [column blocks, rows, 2, kLanes] of the rows, transformed along x
  std::vector<float> potential_;  ///< [rows, n] at the nodes
  std::vector<float> buffers_;    ///< two transforms per thread
};

}  // namespace tandem
