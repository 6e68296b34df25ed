#include <iostream>
#include <memory>
#include <sstream>

#include "apps/commands/command.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/features/import_files.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct ImportArguments {
  ImportFiles files;
  std::string exported;
  std::vector<std::string> image_tokens, text_tokens;
  std::string out;
  bool overwrite = false;
  bool json = false;
};

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

/// Which of two needed options are missing, for a message.
std::string missing_features(const ImportFiles& files) {
  if (!files.image.empty()) return "no --text";
  return files.text.empty() ? "neither" : "no --image";
}

/// The files as the options say, or the exported folder.
ImportFiles files_of(const ImportArguments& arguments) {
  ImportFiles files = arguments.files;
  files.image_tokens = read_tokens(arguments.image_tokens, "--image-tokens");
  files.text_tokens = read_tokens(arguments.text_tokens, "--text-tokens");
  if (!arguments.exported.empty()) files = with_exported(files, arguments.exported);
  if (files.image.empty() || files.text.empty()) {
    throw FileError("import", "--image and --text, or a folder as 'tandem export' writes it", missing_features(files));
  }
  return files;
}

void run_import(const ImportArguments& arguments) {
  const FeatureManifest manifest =
      import_features(read_import_files(files_of(arguments)), arguments.out, arguments.overwrite);
  if (arguments.json) {
    std::cout << json_line(Json{{"out", arguments.out},
                                {"images", manifest.image_ids.size()},
                                {"captions", manifest.captions.size()},
                                {"image_width", manifest.image_width()},
                                {"text_width", manifest.text_width()}})
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
  CLI::App* command = app.add_subcommand("import", "Make a feature store from features of other programs");
  const auto arguments = std::make_shared<ImportArguments>();
  command->add_option("folder", arguments->exported,
                      "Folder written by 'tandem export'; takes the place of all options that are not given");
  command->add_option("--image", arguments->files.image,
                      "Features of pictures: FILE.npy, FILE.safetensors or FILE.safetensors#TENSOR; the rows of "
                      "several files are joined");
  command->add_option("--text", arguments->files.text, "Features of captions, in the same formats");
  command->add_option("--image-tokens", arguments->image_tokens,
                      "BEGIN:COUNT:WIDTH, columns that are tokens or patches, which training learns to pool; missing "
                      "ones are zeros; may be repeated");
  command->add_option("--text-tokens", arguments->text_tokens, "The same for captions");
  command->add_option("--out", arguments->out, "Folder of the feature store")->required();
  command->add_option("--ids", arguments->files.ids,
                      "The pictures' ids: one per line, or a list in a .json; without it row numbers");
  command->add_option(
      "--captions", arguments->files.captions,
      "The captions: one per line; a list in a .json; .jsonl with \"caption\" and optionally \"image\", an "
      "id");
  command->add_option("--image-of-caption", arguments->files.image_of_caption,
                      "Row of each caption's picture, .npy of int32 or int64; without it caption i is of picture i");
  command->add_option("--split", arguments->files.split,
                      "train, dev, test or none for each picture, one per line; without it 80 / 10 / 10 by the hash of "
                      "the id");
  command->add_option("--pictures", arguments->files.pictures,
                      "Folder with the pictures' files, whose names are the ids, for maps and examples");
  command->add_option("--name", arguments->files.data_name, "Name of the data, for titles")->capture_default_str();
  command->add_option("--made-by", arguments->files.made_by,
                      "What made the features; a run accepts other features only if they have the same text here");
  command->add_flag("--overwrite", arguments->overwrite, "Replace other features in the folder");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem import arrays --out features                        # what 'tandem export' wrote\n"
      "  tandem import --image image.npy --text text.npy --out features\n"
      "  tandem import --image img_emb_0.npy img_emb_1.npy --text text_emb_0.npy text_emb_1.npy --ids ids.txt "
      "--out features\n"
      "  tandem import --image cls_and_patches.npy --image-tokens 768:49:768 --text text.npy --out features\n"
      "  tandem import --image all.safetensors#image --text all.safetensors#text --captions captions.jsonl --ids "
      "ids.json --out features\n"
      "\nfloat16, float32 and float64 are accepted, [rows, columns]; the two widths may differ. train, eval, map "
      "and examples work on\n"
      "them as on other features; search works by --id, because there is no encoder for new words or pictures. "
      "Parquet is not read.");
  command->callback([arguments] { run_import(*arguments); });
}

}  // namespace tandem::apps
