// Every choice of `tandem fit`, which makes a measured model of captioned pictures in one go.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/closed_form/cca_settings.h"
#include "tandem/data/data_options.h"
#include "tandem/retrieval/bootstrap.h"
#include "tandem/training/train_options.h"

namespace tandem {

struct FitDataOptions {
  std::string source;  ///< a spec for read_data, or a folder of features
  DataOptions read;    ///< has no effect if `source` is a folder of features
};

/// Has no effect if the source is a folder of features.
struct FitEncodeOptions {
  std::vector<std::string> image_encoders, text_encoders;  ///< folders; side by side in the features
  std::vector<std::string> image_poolings = {"mean"};      ///< for parse_views: one for all encoders, or one for each
  std::vector<std::string> text_poolings = {"mean,mean@-2,mean@-3,max,max@-2"};  ///< chosen on Flickr8k's dev split
  std::string dtype = "auto";                                                    ///< for precision_named
  std::string device = "cpu";                                                    ///< for device_named
};

struct FitTrainOptions {
  bool enabled = true;  ///< false: no trained heads
  TrainOptions options = default_options();
  std::string device = "cpu";  ///< for device_named; replaces `options.device`

  /// As `tandem train` has them: epochs 0 stands for the default for so many pairs.
  static TrainOptions default_options();
};

struct FitCcaOptions {
  bool enabled = true;  ///< false: no heads in closed form
  CcaGrid grid;         ///< settings to choose from
};

struct FitEnsembleOptions {
  std::vector<double> weights = {};  ///< of the trained heads and of those in closed form; empty: they are chosen
};

struct FitCorrectOptions {
  std::string method = "auto";    ///< "auto": the best, or none if none helps; "none"; or a method's name
  std::int64_t bank_rows = 8192;  ///< most training pictures, and most captions, in the banks
};

struct FitEvaluateOptions {
  BootstrapOptions bootstrap;  ///< of the intervals on test
  std::int64_t folds = 5;      ///< of the training pictures, to choose on if there are no dev pictures
  bool report = true;          ///< write report.html
};

struct FitOptions {
  FitDataOptions data;
  FitEncodeOptions encode;
  FitTrainOptions train;
  FitCcaOptions cca;
  FitEnsembleOptions ensemble;
  FitCorrectOptions correct;
  FitEvaluateOptions evaluate;
  int threads = 0;  ///< 0: as many as an unfinished fit of these options was begun with, or one per core
};

/// Closed form alone: no heads are trained.
void make_quick(FitOptions& options);

/// Throws c10::ValueError naming the option that is out of range, or that has no effect beside the
/// others.
void check_fit_options(const FitOptions& options);

}  // namespace tandem
