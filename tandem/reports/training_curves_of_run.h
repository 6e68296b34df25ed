// Draws the curves of a training (curves.svg).
#pragma once

#include <filesystem>

#include "tandem/training/trainer.h"

namespace tandem {

/// Draws loss, logit scale and dev recall over epochs into `file` and marks the epoch that was
/// kept.
void draw_curves(const std::filesystem::path& file, const TrainedHeads& trained);

}  // namespace tandem
