// A small trained model on drawn shapes.
#pragma once

#include <filesystem>
#include <vector>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "tandem/model/model.h"

namespace tandem::tests {

/// A small model of shapes, by encoders whose vocabulary has the words red and blue.
class TrainedShapes {
 public:
  TrainedShapes() {
    const std::filesystem::path encoders = reference_dir() / "encoders";
    successful({"encode", "--data", "csv:" + write_shapes(folder_).string(), "--image-encoder",
                encoders / "tiny_resnet_basic", "--text-encoder", encoders / "tiny_bert", "--text-pooling", "mean",
                "--out", folder_ / "features", "--threads", "1", "--json"});
    successful({"train", folder_ / "features", "--out", run(), "--head", "linear", "--width", "12", "--epochs", "4",
                "--batch-size", "48", "--threads", "1", "--json"});
  }

  std::filesystem::path run() const { return folder_ / "run"; }
  Model open(int threads = 1) const { return Model::open(run(), {.threads = threads}); }

  std::vector<std::filesystem::path> files() const {
    return {folder_ / "shape103.jpg", folder_ / "shape150.jpg", folder_ / "shape200.jpg", folder_ / "shape219.jpg"};
  }
  std::filesystem::path operator/(const char* name) const { return folder_ / name; }

 private:
  ScratchFolder folder_;
};

}  // namespace tandem::tests
