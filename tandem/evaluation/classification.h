// Zero-shot classification by a trained model. A picture gets the class whose prompts are nearest
// to it (retrieval/zero_shot.h).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/evaluation/class_list.h"
#include "tandem/evaluation/labelled_pictures.h"
#include "tandem/model/model.h"
#include "tandem/retrieval/zero_shot.h"

namespace tandem {

struct ClassificationOptions {
  std::filesystem::path classes;       ///< file for read_classes; empty: the labels of the pictures
  std::vector<std::string> templates;  ///< prompts with {} in place of the class; at least one
};

/// One vector per class, the mean of its prompts' embeddings: [C, D], rows of unit length.
/// `progress` counts prompts.
///
///   words      [C]  the name of each class in prompts
///   templates  prompts with {} in place of the class
///
/// Throws as Model::embed_texts and class_vectors do.
at::Tensor embed_classes(const Model& model, const std::vector<std::string>& words,
                         const std::vector<std::string>& templates, const Progress& progress = {});

struct Classification {
  LabelledPictures pictures;
  ClassList classes;
  std::vector<std::string> templates;
  ZeroShotResult result;
};

/// Classifies pictures whose classes are known and measures how many get the right class. One
/// stage: encoding prompts.
/// Throws as read_classes, classes_of, class_rows and embed_classes do.
Classification classify_labelled(const Model& model, LabelledPictures pictures, const ClassificationOptions& options,
                                 const Stages& stages = {});

/// One class that a picture may have.
struct ClassGuess {
  std::int64_t row = 0;    ///< row of the classes
  double probability = 0;  ///< softmax over all classes of logit scale x similarity
  double similarity = 0;   ///< cosine
};

/// The `k` classes nearest to each picture, or all classes if there are fewer. The nearest comes
/// first; of equally near ones the lower row.
///
///   image        [N, D]  rows of unit length
///   classes      [C, D]  rows of unit length
///   logit_scale  factor on similarities inside the softmax
///
/// Returns N lists of min(k, C) guesses.
std::vector<std::vector<ClassGuess>> nearest_classes(const at::Tensor& image, const at::Tensor& classes,
                                                     double logit_scale, std::int64_t k);

struct ClassifiedFiles {
  std::vector<std::string> files;
  ClassList classes;
  std::vector<std::vector<ClassGuess>> guesses;  ///< one list per file
};

/// The `k` nearest classes of each picture file. Without `options.classes` they are those of the
/// data that the model was trained on. Two stages: encoding pictures, encoding prompts.
/// Throws FileError naming the first file that is not a picture, if classes are needed and that
/// data has none or is gone, and as read_classes and embed_classes do.
ClassifiedFiles classify_files(const Model& model, const std::vector<std::string>& files,
                               const ClassificationOptions& options, std::int64_t k, const Stages& stages = {});

}  // namespace tandem
