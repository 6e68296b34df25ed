// The classes of zero-shot classification, from a file or from the labels of the data.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tandem {

struct ClassList {
  std::vector<std::string> labels;  ///< [C] the names in the data
  std::vector<std::string> words;   ///< [C] the names in prompts
};

/// Reads a file with one class per line: its label and, if prompts use other words, a tab and these
/// words ("n02123045<TAB>tabby cat").
/// Throws FileError if the file cannot be read, is not UTF-8 or is empty, if a line is empty
/// (naming the line), or if a label occurs twice (naming both lines).
ClassList read_classes(const std::filesystem::path& file);

/// The distinct labels, sorted. Empty labels are left out. The words are the labels.
/// Throws FileError naming `source` if all labels are empty.
ClassList classes_of(const std::vector<std::string>& labels, const std::filesystem::path& source);

/// The class of every picture as a row of `classes`, [N] int64.
///
///   labels  [N]
///   ids     [N]  for messages
///   source  for messages
///
/// Throws FileError naming `source` and the first picture whose label is empty or not among the
/// classes.
at::Tensor class_rows(const ClassList& classes, const std::vector<std::string>& labels,
                      const std::vector<std::string>& ids, const std::filesystem::path& source);

}  // namespace tandem
