#include "tandem/encoders/image_processors.h"

#include <string_view>

namespace tandem {
namespace {

constexpr int kBilinear = 2, kBicubic = 3;

/// The defaults of a processor. A cropping field that is null here is ignored by the processor or,
/// for fast ones, has no default.
Json defaults_of(std::string_view family) {
  const Json half = {0.5, 0.5, 0.5};
  const Json shortest = {{"shortest_edge", 224}};
  const Json crop = {{"height", 224}, {"width", 224}};
  Json defaults = {{"size", crop},       {"resample", kBilinear},     {"image_mean", half},
                   {"image_std", half},  {"do_center_crop", nullptr}, {"crop_size", nullptr},
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

/// The families that tandem implements; for each the processor and its fast version.
constexpr std::string_view kFamilies[] = {"ViT", "DeiT", "CLIP", "Bit", "ConvNext"};
constexpr std::string_view kFast = "Fast";

}  // namespace

std::string processor_family(const std::string& type) {
  for (const std::string_view ending : {"ImageProcessorFast", "ImageProcessor", "FeatureExtractor"}) {
    if (type.ends_with(ending)) return type.substr(0, type.size() - ending.size());
  }
  return type;
}

bool is_fast_processor(const std::string& type) { return type.ends_with(kFast); }

void check_processor_type(const std::string& type, const std::filesystem::path& path) {
  const std::string family = processor_family(type);
  std::string names;
  for (const std::string_view known : kFamilies) {
    if (family == known) return;
    names += (names.empty() ? "" : ", ") + std::string(known) + "ImageProcessor";
  }
  throw FileError(path, "\"image_processor_type\" to be one of " + names + ", or one of these with Fast behind",
                  Json(type).dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json with_processor_defaults(Json document, const std::string& type) {
  const std::string family = processor_family(type);
  Json defaults = defaults_of(family);
  if (is_fast_processor(type)) {
    // Every fast processor can crop after the resize. If there is no default, it does so only if
    // "do_center_crop" is true.
    if (defaults["do_center_crop"].is_null()) {
      defaults["do_center_crop"] = false;
      defaults.erase("crop_size");
    }
  }
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
