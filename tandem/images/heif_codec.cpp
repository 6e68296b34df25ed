#include "tandem/images/heif_codec.h"

#include <utility>

#include "tandem/base/errors.h"
#include "tandem/images/bounded_rendering.h"

namespace tandem {
namespace {

constexpr std::int64_t kMemoryBytes = std::int64_t{512} << 20;  // beside what the pixels need

}  // namespace

RgbImage decode_heif(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels,
                     std::int64_t cpu_ms) {
  const DrawingBudget budget{.max_pixels = max_pixels, .cpu_ms = cpu_ms, .memory_bytes = kMemoryBytes};
  Rendering decoded = bounded_rendering(name, "picture", budget,
                                        [&](DrawingProcess& process) { return process.decode_heif(bytes, budget); });
  if (decoded.rgb.empty()) throw FileError(name, decoded.expected, decoded.found);
  return {.height = decoded.height, .width = decoded.width, .pixels = std::move(decoded.rgb)};
}

}  // namespace tandem
