#include "tandem/encoders/image_encoder.h"

#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"

namespace tandem {

std::vector<at::Tensor> ImageEncoder::states(const at::Tensor& pixels, const std::vector<std::int64_t>& wanted) const {
  check_shape("states", "pixels", pixels, {kAnySize, 3, kAnySize, kAnySize});
  TORCH_CHECK_VALUE(pixels.scalar_type() == at::kFloat, "states: pixels must be float32, got ", pixels.scalar_type());
  TORCH_CHECK_VALUE(pixels.size(0) > 0 && takes_size(pixels.size(2), pixels.size(3)), "states: pixels must be ",
                    sizes_taken(), " and one picture at least, got ", shape_text(pixels));
  LayerTap tap(wanted, layers());
  const std::int64_t count = pixels.size(0);
  const std::int64_t group = pixels.is_cpu() ? std::min(count, pictures_at_once()) : count;
  for (std::int64_t begin = 0; begin < count; begin += group) {
    run(pixels.narrow(0, begin, std::min(group, count - begin)), tap);
  }
  return tap.kept();
}

at::Tensor ImageEncoder::patch_states(const at::Tensor& pixels) const { return states(pixels, {layers()}).front(); }

}  // namespace tandem
