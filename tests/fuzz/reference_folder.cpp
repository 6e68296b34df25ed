#include "fuzz/encoder_folders.h"

namespace tandem::fuzz {

std::filesystem::path reference_folder() { return TANDEM_REFERENCE_DIR; }

}  // namespace tandem::fuzz
