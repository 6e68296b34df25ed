// The small image encoders of tests/reference/make_image_encoder_reference.py, and copies of them
// to be spoilt.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "encoders/picture_formula.h"
#include "tandem/base/errors.h"
#include "tandem/encoders/model_folder.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

namespace tandem::tests {

inline std::filesystem::path small_encoder(const std::string& name) {
  return reference_dir() / "encoders" / ("tiny_" + name);
}

/// The largest difference to transformers over all layers and sizes of states.safetensors, each
/// layer asked for on its own and all at once.
inline double largest_difference_to_transformers(const std::string& name) {
  const c10::InferenceMode inference;
  const ImageTower tower = open_image_tower(small_encoder(name));
  const SafetensorsFile expected = SafetensorsFile::open(small_encoder(name) / "states.safetensors");
  double largest = 0;
  std::int64_t compared = 0;
  for (const auto& [key, entry] : expected.entries()) {
    long long height = 0, width = 0, layer = 0;
    REQUIRE(std::sscanf(key.c_str(), "%lldx%lld/%lld", &height, &width, &layer) == 3);
    const at::Tensor pixels = formula_pixels(2, height, width);
    CHECK(tower.encoder->width(layer) == entry.shape[2]);
    const at::Tensor alone = tower.encoder->states(pixels, {layer}).front();
    const at::Tensor among = tower.encoder->states(pixels, {tower.encoder->layers(), layer, 0})[1];
    CHECK(alone.equal(among));
    REQUIRE(alone.sizes() == at::IntArrayRef(entry.shape));
    largest = std::max(largest, (alone - expected.tensor(key)).abs().max().item<double>());
    ++compared;
  }
  CHECK(compared % (tower.encoder->layers() + 1) == 0);
  CHECK(compared > 0);
  MESSAGE(name << ": largest difference to transformers " << largest);
  return largest;
}

/// Changes to a copy of a small encoder's folder, and what open_image_tower says of it, without the
/// folder's name.
class Spoilt {
 public:
  explicit Spoilt(const std::string& name) : folder_(scratch_ / "encoder") {
    std::filesystem::copy(small_encoder(name), folder_);
  }

  Spoilt& config(const std::function<void(Json&)>& change, const char* file = "config.json") {
    Json document = read_json(folder_ / file);
    change(document);
    write_json(folder_ / file, document);
    return *this;
  }

  /// Changes one tensor; what is undefined afterwards is left out.
  Spoilt& tensor(const std::string& name, const std::function<at::Tensor(const at::Tensor&)>& change) {
    std::vector<std::pair<std::string, at::Tensor>> tensors;
    {
      const SafetensorsFile file = SafetensorsFile::open(folder_ / "model.safetensors");
      CHECK(file.has(name));
      for (const auto& [key, entry] : file.entries()) {
        const at::Tensor copy = file.tensor(key).clone();
        const at::Tensor kept = key == name ? change(copy) : copy;
        if (kept.defined()) tensors.emplace_back(key, kept);
      }
    }
    write_safetensors(folder_ / "model.safetensors", tensors);
    return *this;
  }

  std::string complaint() const {
    try {
      open_image_tower(folder_);
    } catch (const FileError& error) {
      const std::string words = error.what();
      const std::string start = folder_.string() + "/";
      return words.starts_with(start) ? words.substr(start.size()) : words;
    }
    return "nothing";
  }

 private:
  ScratchFolder scratch_;
  std::filesystem::path folder_;
};

/// The complaint if `field` of config.json is `value`.
inline std::string complaint_with(const std::string& name, const char* field, const Json& value) {
  return Spoilt(name).config([&](Json& config) { config[field] = value; }).complaint();
}

}  // namespace tandem::tests
