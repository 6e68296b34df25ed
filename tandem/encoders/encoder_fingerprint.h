// What tells an encoder's files from those of any other.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/nn/precision.h"

namespace tandem {

/// The checksum over names and bytes of the files, in whatever order they are given, the precision
/// if it is not fp32, and the rules by which files are read otherwise than earlier versions read
/// them: what a tower's `fingerprint` is. Reads all of them once, some gigabytes a second where
/// they are in the page cache.
/// Throws FileError if one cannot be read, or, in the cache of Hugging Face's tools, has other
/// bytes than its name says.
std::string encoder_fingerprint(const std::filesystem::path& folder, std::vector<std::string> files,
                                Precision precision, const std::vector<std::string>& rules = {});

}  // namespace tandem
