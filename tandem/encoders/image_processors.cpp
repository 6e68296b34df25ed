#include "tandem/encoders/image_processors.h"

#include <string_view>

namespace tandem {
namespace {

constexpr int kBilinear = 2, kBicubic = 3;

/// What a processor assumes; a cropping field that is null here is one it ignores.
Json defaults_of(std::string_view family) {
  const Json half = {0.5, 0.5, 0.5}, shortest = {{"shortest_edge", 224}}, crop = {{"height", 224}, {"width", 224}};
  Json defaults = {{"size", crop},
                   {"resample", kBilinear},
                   {"image_mean", half},
                   {"image_std", half},
                   {"do_center_crop", nullptr},
                   {"crop_size", nullptr},
                   {"crop_pct", nullptr}};
  const auto with = [&](const Json& changes) {
    defaults.update(changes);
    return defaults;
  };
  if (family == "ViT") return defaults;
  if (family == "DeiT") {
    return with({{"size", {{"height", 256}, {"width", 256}}},
                 {"resample", kBicubic},
                 {"do_center_crop", true},
                 {"crop_size", crop}});
  }
  if (family == "ConvNext") return with({{"size", {{"shortest_edge", 384}}}, {"crop_pct", 224.0 / 256}});
  if (family == "CLIP" || family == "Bit") {
    return with({{"size", shortest},
                 {"resample", kBicubic},
                 {"do_center_crop", true},
                 {"crop_size", crop},
                 {"image_mean", {0.48145466, 0.4578275, 0.40821073}},
                 {"image_std", {0.26862954, 0.26130258, 0.27577711}}});
  }
  return Json::object();
}

}  // namespace

std::string processor_family(const std::string& type) {
  for (const std::string_view ending : {"ImageProcessorFast", "ImageProcessor", "FeatureExtractor"}) {
    if (type.ends_with(ending)) return type.substr(0, type.size() - ending.size());
  }
  return type;
}

Json with_processor_defaults(Json document, const std::string& family) {
  const Json defaults = defaults_of(family);
  for (const auto& [field, value] : defaults.items()) {
    if (value.is_null()) {
      document.erase(field);
    } else if (!document.contains(field) || document[field].is_null()) {
      document[field] = value;
    }
  }
  return document;
}

}  // namespace tandem
