// Pictures in the shared space with the class of each: what a zero-shot classification is measured on.
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
  std::string split;                ///< as split_choice takes it
  std::filesystem::path source;     ///< for messages
  at::Tensor image;                 ///< [N, D] rows of unit length
  std::vector<std::string> ids;     ///< [N]
  std::vector<std::string> labels;  ///< [N] as the data name the classes; empty for a picture that has none
};

/// Pictures of data, encoded by the model's encoders, one stage. Those that cannot be read are left
/// out, and `notice` takes a line for each.
///
///   spec   as read_data takes it
///   split  as split_choice takes it
///
/// Throws FileError as read_data and Model::embed_readable do, and if the split holds no picture or
/// none that can be read.
LabelledPictures labelled_in_data(const Model& model, const std::string& spec, const std::string& split,
                                  const Stages& stages = {}, const Notice& notice = {});

/// Pictures of stored features by the model's encoders; those of training if `features` is empty.
/// Throws as Model::embed does.
LabelledPictures labelled_in_features(const Model& model, const std::filesystem::path& features,
                                      const std::string& split);

}  // namespace tandem
