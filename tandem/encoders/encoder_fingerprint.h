// The fingerprint that distinguishes an encoder's files from those of any other.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/nn/precision.h"

namespace tandem {

/// The `fingerprint` of a tower: a checksum over names and bytes of the files, whatever their
/// order, over the precision if it is not fp32, and over the rules by which files are read
/// differently from earlier versions. Reads every file once, at some gigabytes per second if they
/// are in the page cache.
/// Throws FileError if a file cannot be read, or lies in the cache of Hugging Face's tools and its
/// bytes do not match its name.
std::string encoder_fingerprint(const std::filesystem::path& folder, std::vector<std::string> files,
                                Precision precision, const std::vector<std::string>& rules = {});

}  // namespace tandem
