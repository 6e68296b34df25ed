// Features and their lists in files of other programs: .npy and .safetensors, text, JSON and JSON
// lines.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Rows of features from one file, or from several files one below the other. A name is FILE.npy,
/// FILE.safetensors with one tensor, or FILE.safetensors#TENSOR.
///
/// Returns [N, F] float32; float32 from a single file is mapped, not copied.
/// Throws FileError if there is no row or no column, an array does not have two dimensions or is
/// not floating point, widths differ, or a row holds NaN or infinity (naming file and row), also
/// after conversion to float32.
at::Tensor read_feature_rows(const std::vector<std::string>& names);

/// The ids: one per line of a text file, or a list of strings or whole numbers in a .json file.
/// Throws FileError if an id is empty, not UTF-8 or occurs twice.
std::vector<std::string> read_ids(const std::filesystem::path& file);

struct ImportedCaptions {
  std::vector<std::string> captions;
  std::vector<std::string> image_ids;  ///< of each caption's picture; empty if the file does not name them
};

/// Reads one caption per line of a text file; a list of strings in a .json file; or, in .jsonl,
/// strings or objects with "caption" and optionally "image", an id.
/// Throws FileError naming the line if a caption is missing, blank or not UTF-8, or only some have
/// an image.
ImportedCaptions read_captions(const std::filesystem::path& file);

/// The whole numbers, [M], of a .npy or .safetensors file (named as in read_feature_rows). Throws
/// FileError if it does not have one dimension, or is neither int32 nor int64.
std::vector<std::int64_t> read_row_numbers(const std::string& name);

/// Reads one of train, dev (val), test, none per line. Throws FileError naming the line for another
/// word.
std::vector<Split> read_splits(const std::filesystem::path& file);

}  // namespace tandem
