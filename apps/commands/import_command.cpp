#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>
#include <utility>

#include "apps/commands/command.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/features/caption_pictures.h"
#include "tandem/features/feature_files.h"
#include "tandem/features/import_features.h"

namespace tandem::apps {
namespace {

using Path = std::filesystem::path;

struct ImportArguments {
  std::string exported;
  std::vector<std::string> image;
  std::vector<std::string> text;
  std::vector<std::string> image_tokens, text_tokens;
  std::string ids, captions, image_of_caption, split, pictures, name = "imported", made_by, out;
  bool overwrite = false;
  bool json = false;
};

/// What 'tandem export' wrote into a folder, for every option that was not given.
ImportArguments with_exported(ImportArguments arguments) {
  const Path folder = arguments.exported;
  const auto there = [&](const char* name) { return std::filesystem::is_regular_file(folder / name); };
  const bool npy = there("image.npy");
  if (!npy && !there("features.safetensors")) {
    throw FileError(folder, "a folder as 'tandem export' writes it, with image.npy or features.safetensors",
                    std::filesystem::is_directory(folder) ? "neither" : "no such folder");
  }
  const auto array = [&](const std::string& name) {
    return npy ? (folder / (name + ".npy")).string() : (folder / "features.safetensors").string() + "#" + name;
  };
  if (arguments.image.empty()) arguments.image = {array("image")};
  if (arguments.text.empty()) arguments.text = {array("text")};
  if (arguments.image_of_caption.empty()) arguments.image_of_caption = array("image_of_caption");
  for (const auto& [option, name] :
       {std::pair(&arguments.ids, "ids.json"), std::pair(&arguments.captions, "captions.jsonl"),
        std::pair(&arguments.split, "split.txt")}) {
    if (option->empty()) *option = (folder / name).string();
  }
  return arguments;
}

/// "0:24:384" as 24 tokens of 384 columns from column 0 on.
std::vector<TokenColumns> read_tokens(const std::vector<std::string>& words, const char* option) {
  std::vector<TokenColumns> tokens;
  for (const std::string& word : words) {
    TokenColumns columns;
    std::istringstream numbers(word);
    char first = 0, second = 0;
    if (!(numbers >> columns.begin >> first >> columns.count >> second >> columns.width) || first != ':' ||
        second != ':' || numbers.peek() != EOF) {
      throw FileError(option, "BEGIN:COUNT:WIDTH, as 0:24:384", "\"" + word + "\"");
    }
    tokens.push_back(columns);
  }
  return tokens;
}

/// Which columns are tokens: as the options say, or the exported folder.
void add_tokens(ImportedFeatures& features, const ImportArguments& arguments) {
  features.image_tokens = read_tokens(arguments.image_tokens, "--image-tokens");
  features.text_tokens = read_tokens(arguments.text_tokens, "--text-tokens");
  const Path told = Path(arguments.exported) / "tokens.json";
  if (arguments.exported.empty() || !std::filesystem::exists(told)) return;
  const Json json = read_json(told);
  if (arguments.image_tokens.empty())
    features.image_tokens = token_columns_from_json(json_field<Json>(json, "image", told), told);
  if (arguments.text_tokens.empty())
    features.text_tokens = token_columns_from_json(json_field<Json>(json, "text", told), told);
}

/// Which of two needed options are missing, for a message.
std::string missing_features(const ImportArguments& arguments) {
  if (!arguments.image.empty()) return "no --text";
  return arguments.text.empty() ? "neither" : "no --image";
}

void run_import(const ImportArguments& given) {
  const ImportArguments arguments = given.exported.empty() ? given : with_exported(given);
  if (arguments.image.empty() || arguments.text.empty()) {
    throw FileError("import", "--image and --text, or a folder as 'tandem export' writes it",
                    missing_features(arguments));
  }
  ImportedFeatures features{.data_name = arguments.name,
                            .made_by = arguments.made_by,
                            .image = read_feature_rows(arguments.image),
                            .text = read_feature_rows(arguments.text)};
  add_tokens(features, arguments);
  if (!arguments.ids.empty()) features.image_ids = read_ids(arguments.ids);
  if (!arguments.split.empty()) features.splits = read_splits(arguments.split);
  if (!arguments.captions.empty()) {
    ImportedCaptions read = read_captions(arguments.captions);
    features.captions = std::move(read.captions);
    if (!read.image_ids.empty() && arguments.image_of_caption.empty()) {
      features.image_of_caption = rows_of(read.image_ids, features.image_ids, arguments.captions);
    }
  }
  if (!arguments.image_of_caption.empty()) features.image_of_caption = read_row_numbers(arguments.image_of_caption);
  if (!arguments.pictures.empty()) features.pictures = arguments.pictures;
  const FeatureManifest manifest = import_features(features, arguments.out, arguments.overwrite);
  if (arguments.json) {
    std::cout << Json{{"out", arguments.out},
                      {"images", manifest.image_ids.size()},
                      {"captions", manifest.captions.size()},
                      {"image_width", manifest.image_width()},
                      {"text_width", manifest.text_width()}}
                     .dump(-1, ' ', false, Json::error_handler_t::replace)
              << "\n";
    return;
  }
  for (const std::string& remark : manifest.remarks) std::cerr << printable_sentence(remark) << "\n";
  std::cout << arguments.out << ": " << with_thousands(static_cast<std::int64_t>(manifest.image_ids.size()))
            << " pictures (" << manifest.image_width() << " features), "
            << with_thousands(static_cast<std::int64_t>(manifest.captions.size())) << " captions ("
            << manifest.text_width() << " features)\n";
}

}  // namespace

void add_import_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("import", "Make a feature store of features from elsewhere");
  const auto arguments = std::make_shared<ImportArguments>();
  command->add_option("folder", arguments->exported,
                      "Folder as 'tandem export' writes it; stands for all options that are not given");
  command->add_option(
      "--image", arguments->image,
      "Features of pictures: FILE.npy, FILE.safetensors or FILE.safetensors#TENSOR; several are put below each other");
  command->add_option("--text", arguments->text, "Features of captions, in the same formats");
  command->add_option("--image-tokens", arguments->image_tokens,
                      "BEGIN:COUNT:WIDTH, columns that are tokens or patches for training to pool, zeros where there "
                      "are fewer; may be given again");
  command->add_option("--text-tokens", arguments->text_tokens, "The same of captions");
  command->add_option("--out", arguments->out, "Folder of the feature store")->required();
  command->add_option("--ids", arguments->ids, "The pictures' ids: one a line, or a list in a .json; else row numbers");
  command->add_option("--captions", arguments->captions,
                      "The captions: one a line; .json list; .jsonl with \"caption\" and perhaps \"image\", an id");
  command->add_option("--image-of-caption", arguments->image_of_caption,
                      "Row of each caption's picture, .npy of int32 or int64; else caption i is of picture i");
  command->add_option("--split", arguments->split,
                      "train, dev, test or none for each picture, one a line; else 80 / 10 / 10 by the hash of the id");
  command->add_option("--pictures", arguments->pictures,
                      "Folder in which the ids name the pictures' files, for maps and examples");
  command->add_option("--name", arguments->name, "Name of the data, for titles")->capture_default_str();
  command->add_option("--made-by", arguments->made_by,
                      "What made the features; a run takes other features only if they say the same");
  command->add_flag("--overwrite", arguments->overwrite, "Replace other features in the folder");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem import arrays --out features                        # what 'tandem export' wrote\n"
      "  tandem import --image image.npy --text text.npy --out features\n"
      "  tandem import --image img_emb_0.npy img_emb_1.npy --text text_emb_0.npy text_emb_1.npy --ids ids.txt --out "
      "features\n"
      "  tandem import --image cls_and_patches.npy --image-tokens 768:49:768 --text text.npy --out features\n"
      "  tandem import --image all.safetensors#image --text all.safetensors#text --captions captions.jsonl --ids "
      "ids.json --out features\n"
      "\nfloat16, float32 and float64 are taken, [rows, columns]; the two widths may differ. train, eval, map and "
      "examples work on\n"
      "them as on others; search works by --id, for there is no encoder for new words or pictures. Parquet is not "
      "read.");
  command->callback([arguments] { run_import(*arguments); });
}

}  // namespace tandem::apps
