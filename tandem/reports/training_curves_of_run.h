// A training's curves.svg.
#pragma once

#include <filesystem>

#include "tandem/training/trainer.h"

namespace tandem {

/// Loss, scale and dev recall over epochs, with the kept epoch marked.
void draw_curves(const std::filesystem::path& file, const TrainedHeads& trained);

}  // namespace tandem
