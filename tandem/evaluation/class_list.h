// The classes of zero-shot classification: from a file, or those that the data have.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tandem {

struct ClassList {
  std::vector<std::string> labels;  ///< as the data name them
  std::vector<std::string> words;   ///< as prompts name them
};

/// One class a line: its label, and after a tab the words for prompts where they differ
/// ("n02123045<TAB>tabby cat").
/// Throws FileError naming the line if one is empty, or the lines if a label comes twice; also if
/// there is none.
ClassList read_classes(const std::filesystem::path& file);

/// The different labels, sorted; words are the labels.
/// Throws FileError naming `source` if no label says anything.
ClassList classes_of(const std::vector<std::string>& labels, const std::filesystem::path& source);

/// The class of every picture, [N] int64, rows of `classes`.
///
///   labels  [N]
///   ids     [N]  for messages
///
/// Throws FileError naming `source` and the first picture that has no label, or one that is not
/// among the classes.
at::Tensor class_rows(const ClassList& classes, const std::vector<std::string>& labels,
                      const std::vector<std::string>& ids, const std::filesystem::path& source);

}  // namespace tandem
