// Embedded pictures with their classes. Zero-shot classification is measured on them.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/model/model.h"

namespace tandem {

struct LabelledPictures {
  std::string name;                 ///< of the data
  std::string split;                ///< a name that split_choice takes
  std::filesystem::path source;     ///< for messages
  at::Tensor image;                 ///< [N, D] rows of unit length
  std::vector<std::string> ids;     ///< [N]
  std::vector<std::string> labels;  ///< [N] names of the classes in the data; empty for a picture without a class
};

/// The pictures of a data set, embedded by the model; encoding is one stage. Pictures that cannot
/// be read are left out, and `notice` gets one line for each.
///
///   spec   names the data, for read_data
///   split  a name that split_choice takes
///
/// Throws FileError as read_data and Model::embed_readable do, and if the split holds no picture
/// that can be read.
LabelledPictures labelled_in_data(const Model& model, const std::string& spec, const std::string& split,
                                  const Stages& stages = {}, const Notice& notice = {});

/// The pictures of a feature store, embedded by the model.
///
///   features  made by the model's encoders; empty: those that the model was trained on
///   split     a name that split_choice takes
///
/// Throws as Model::embed does.
LabelledPictures labelled_in_features(const Model& model, const std::filesystem::path& features,
                                      const std::string& split);

}  // namespace tandem
