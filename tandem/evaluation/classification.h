// Zero-shot classification by a trained model: the class of a picture is the one whose prompts are
// nearest (retrieval/zero_shot.h).
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
  std::filesystem::path classes;       ///< file as read_classes takes it; empty: the labels of the pictures
  std::vector<std::string> templates;  ///< prompts with {} in the place of the class
};

/// The mean of each class's prompts, [C, D] rows of unit length. `progress` counts prompts.
///
///   words  [C] what prompts call each class
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

/// Measures how many of the pictures are taken for the class they have. One stage: encoding prompts.
/// Throws FileError as read_classes, classes_of and class_rows do, and as embed_classes.
Classification classify_labelled(const Model& model, LabelledPictures pictures, const ClassificationOptions& options,
                                 const Stages& stages = {});

/// One class that a picture may be of.
struct ClassGuess {
  std::int64_t row = 0;    ///< of the classes
  double probability = 0;  ///< softmax of logit scale x similarity over all classes
  double similarity = 0;   ///< cosine
};

/// The `k` classes nearest to each picture, the nearest first, of equal ones the lower row; all
/// classes if there are fewer.
///
///   image    [N, D]  rows of unit length
///   classes  [C, D]  rows of unit length
std::vector<std::vector<ClassGuess>> nearest_classes(const at::Tensor& image, const at::Tensor& classes,
                                                     double logit_scale, std::int64_t k);

struct ClassifiedFiles {
  std::vector<std::string> files;
  ClassList classes;
  std::vector<std::vector<ClassGuess>> guesses;  ///< [files]
};

/// The `k` nearest classes of each picture file. Two stages: encoding pictures, encoding prompts.
/// Throws FileError naming the first file that is no picture, and as read_classes and embed_classes.
ClassifiedFiles classify_files(const Model& model, const std::vector<std::string>& files,
                               const ClassificationOptions& options, std::int64_t k, const Stages& stages = {});

}  // namespace tandem
