#include "tandem/fit/model_card.h"

#include <algorithm>
#include <vector>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/fit/stated_licence.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kNotStated = "not stated in its folder";

/// Text of others in a table or a sentence of Markdown: no character of it marks up anything.
std::string plain(const std::string& text) {
  static const std::string kMarks = "\\`*_{}[]<>#|!~";
  std::string escaped;
  for (const char c : printable(text, kLongestShownCaption)) {
    if (kMarks.find(c) != std::string::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string licence_words(const Path& folder) {
  const std::string licence = stated_licence(folder);
  return licence.empty() ? kNotStated : plain(licence);
}

/// "38.4 (35.4 to 41.5)"
std::string recall_words(const Json& way, const char* metric) {
  std::string words = decimal(way.at(metric).get<double>(), 1);
  if (way.contains("interval") && way.at("interval").contains(metric)) {
    const Json& interval = way.at("interval").at(metric);
    words += " (" + decimal(interval[0].get<double>(), 1) + " to " + decimal(interval[1].get<double>(), 1) + ")";
  }
  return words;
}

std::string result_row(const std::string& name, const Json& way) {
  std::string row = "| " + name;
  for (const char* metric : {"r1", "r5", "r10", "median_rank"}) row += " | " + recall_words(way, metric);
  return row + " |\n";
}

std::string result_table(const Json& test) {
  std::string text = "| | recall@1 | @5 | @10 | median rank |\n|---|---|---|---|---|\n";
  text += result_row("image to text", test.at("image_to_text")) + result_row("text to image", test.at("text_to_image"));
  if (!test.at("uncorrected").is_null()) {
    text += result_row("image to text, not corrected for hubs", test.at("uncorrected").at("image_to_text"));
    text += result_row("text to image, not corrected for hubs", test.at("uncorrected").at("text_to_image"));
  }
  text += result_row("chance, image to text", test.at("chance").at("image_to_text"));
  return text + result_row("chance, text to image", test.at("chance").at("text_to_image"));
}

std::string results_section(const Json& result, const FitOptions& options) {
  std::string text = "## Results\n\n";
  const Json& test = result.at("test");
  if (test.is_null()) return text + "The data has no test pictures, so nothing was measured.\n";
  text += "Test split: " + with_thousands(test.at("images").get<std::int64_t>()) + " pictures and " +
          with_thousands(test.at("captions").get<std::int64_t>()) +
          " captions in one gallery, measured once, after every choice. A picture's rank is that of its "
          "best-placed caption; ties count as misses.";
  if (options.evaluate.bootstrap.samples > 0) {
    text += " In brackets: 95% intervals from " + with_thousands(options.evaluate.bootstrap.samples) +
            " bootstrap resamples of pictures.";
  }
  return text + "\n\n" + result_table(test);
}

std::string data_section(const Json& result, const FeatureManifest& manifest) {
  std::string text = "## Data\n\n`" + plain(manifest.data_name) + "`";
  if (!manifest.selection.empty()) text += ", " + plain(manifest.selection);
  text += ".\n\n| split | pictures | captions |\n|---|---|---|\n";
  for (const auto& [name, counts] : result.at("splits").items()) {
    text += "| " + name + " | " + with_thousands(counts.at("pictures").get<std::int64_t>()) + " | " +
            with_thousands(counts.at("captions").get<std::int64_t>()) + " |\n";
  }
  if (!manifest.skipped.empty())
    text += "\n" + with_thousands(static_cast<std::int64_t>(manifest.skipped.size())) +
            " pictures could not be read and were left out.\n";
  for (const std::string& remark : manifest.remarks) text += "\n- " + plain(remark);
  if (!manifest.remarks.empty()) text += "\n";
  return text;
}

std::string encoder_row(const EncoderRecord& record, const char* side) {
  if (is_imported(record))
    return std::string("| ") + side + " | imported features | " + plain(record.views) + " | | |\n";
  return std::string("| ") + side + " | " + plain(record.folder.filename().string()) + " (" + plain(record.model_type) +
         ") | " + plain(record.views) + " | " + precision_name(record.precision) + " | " +
         licence_words(record.folder) + " |\n";
}

std::string encoders_section(const FeatureManifest& manifest) {
  std::string text =
      "## Encoders\n\nFrozen; the model holds copies of them.\n\n"
      "| side | encoder | views | precision | licence |\n|---|---|---|---|---|\n";
  for (const EncoderRecord& record : manifest.image_encoders) text += encoder_row(record, "pictures");
  for (const EncoderRecord& record : manifest.text_encoders) text += encoder_row(record, "captions");
  return text;
}

std::string part_words(const Json& part) {
  std::string words = plain(part.at("what").get<std::string>());
  if (!part.at("dev_mean_recall").is_null())
    words += ", mean recall " + decimal(part.at("dev_mean_recall").get<double>(), 2) + " on dev";
  return words + ", weight " + decimal(part.at("weight").get<double>(), 3);
}

std::string choices_section(const Json& result) {
  std::string text = "## How it was made\n\n" + result.at("choice").get<std::string>() + "\n\n";
  for (const Json& part : result.at("parts")) text += "- " + part_words(part) + "\n";
  if (result.at("parts").size() > 1 && !result.at("dev_mean_recall").is_null())
    text += "- together: mean recall " + decimal(result.at("dev_mean_recall").get<double>(), 2) + " on dev\n";
  text += "- correction for hubs: " + result.at("correction").at("words").get<std::string>() + "\n";
  return text + "\nEvery option is in `fit.toml`; `tandem fit --config fit.toml --out OTHER` makes the model again.\n";
}

std::string limits_section(const Json& result) {
  std::string text = "## Limits\n\n";
  for (const Json& note : result.at("notes")) text += "- " + plain(note.get<std::string>()) + "\n";
  return text +
         "- Numbers hold for pictures and captions like those of the data above, and for a gallery of the size that "
         "was measured.\n"
         "- The encoders bring what they learned from their own training data, biases too.\n"
         "- A search always answers, also where nothing in the gallery fits.\n";
}

/// The folder that the data's pictures have in common, if there is one.
Path data_folder(const FeatureManifest& manifest) {
  Path common;
  for (const PictureSource& picture : manifest.pictures) {
    if (picture.file.empty()) continue;
    const Path folder = picture.file.parent_path();
    if (common.empty()) common = folder;
    Path shared;
    for (auto one = common.begin(), other = folder.begin(); one != common.end() && other != folder.end();
         ++one, ++other) {
      if (*one != *other) break;
      shared /= *one;
    }
    common = shared;
  }
  return common;
}

std::string licences_section(const FeatureManifest& manifest) {
  const std::string data = data_licence(manifest);
  return "## Licences\n\n- Data: " + (data.empty() ? std::string(kNotStated) : plain(data)) +
         ".\n- Encoders: in the table above, as the README.md or LICENSE in the folder of each states it.\n"
         "- The heads follow from both. Whether they may be passed on depends on the terms of the data and of the "
         "encoders.\n";
}

}  // namespace

std::string data_licence(const FeatureManifest& manifest) {
  const Path pictures = data_folder(manifest);
  if (pictures.empty()) return "";
  const std::string licence = stated_licence(pictures);
  return licence.empty() ? stated_licence(pictures.parent_path()) : licence;
}

std::string model_card(const Json& result, const FitOptions& options, const FeatureManifest& manifest) {
  const std::string sections[] = {
      "# A model of " + plain(manifest.data_name) +
          "\n\nOne space for pictures and captions, made by `tandem fit`. `tandem search FOLDER \"your words\"`, "
          "`tandem eval FOLDER` and every other command take this folder.\n",
      results_section(result, options),
      data_section(result, manifest),
      encoders_section(manifest),
      choices_section(result),
      limits_section(result),
      licences_section(manifest)};
  std::string card;
  for (const std::string& section : sections) card += (card.empty() ? "" : "\n") + section;
  return card;
}

}  // namespace tandem
