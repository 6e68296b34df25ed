// Features and their lists as other programs write them: .npy and .safetensors, text, JSON and JSON
// lines.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Rows of features from one file or from several below each other. A name is FILE.npy,
/// FILE.safetensors with one tensor, or FILE.safetensors#TENSOR.
///
/// Returns [N, F] float32; float32 of a single file is mapped, not copied.
/// Throws FileError if there is no row or no column, an array is not of two dimensions or not of
/// floats, widths differ, or a row holds NaN or infinity (naming file and row), also after float64
/// became float32.
at::Tensor read_feature_rows(const std::vector<std::string>& names);

/// One id a line of a text file, or a list of strings or numbers in a .json file.
/// Throws FileError if one is empty, not UTF-8 or there twice.
std::vector<std::string> read_ids(const std::filesystem::path& file);

struct ImportedCaptions {
  std::vector<std::string> captions;
  std::vector<std::string> image_ids;  ///< of the picture each is about; empty where the file does not say
};

/// One caption a line of a text file; a list of strings in a .json file; or, in .jsonl, strings or
/// objects with "caption" and perhaps "image", an id. Throws FileError naming the line if one is
/// blank, not UTF-8 or none, or only some have an image.
ImportedCaptions read_captions(const std::filesystem::path& file);

/// A .npy or .safetensors file (named as in read_feature_rows) of whole numbers, [M].
/// Throws FileError if it is not of one dimension, not of int32 or int64.
std::vector<std::int64_t> read_row_numbers(const std::string& name);

/// One of train, dev (val), test, none a line.
std::vector<Split> read_splits(const std::filesystem::path& file);

}  // namespace tandem
