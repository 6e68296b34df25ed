#include "tandem/model/stored_correction.h"

#include "tandem/base/errors.h"
#include "tandem/base/joined_text.h"
#include "tandem/model/run_folder.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"
#include "tandem/storage/staged_files.h"

namespace tandem {
namespace {

constexpr const char* kCorrectionFormat = "tandem hubness";
constexpr int kCorrectionVersion = 1;

/// Which heads embedded the banks.
std::string heads_checksum(const std::filesystem::path& run_folder) {
  return SafetensorsFile::open(run_folder / kHeadsName).checksum().value_or("");
}

Json to_json(const HubCorrection& correction) { return {{"k", correction.k}, {"strength", correction.strength}}; }
Json to_json(const CorrectionPair& pair) { return {{"image", to_json(pair.image)}, {"text", to_json(pair.text)}}; }

HubCorrection correction_from_json(const Json& json, CorrectionMethod method, const std::filesystem::path& file) {
  const HubCorrection correction{.method = method,
                                 .k = json_field<std::int64_t>(json, "k", file),
                                 .strength = json_field<double>(json, "strength", file)};
  if ((method != CorrectionMethod::kInvertedSoftmax && correction.k < 1) || !(correction.strength > 0)) {
    throw FileError(file, "a k of at least 1 and a strength above 0", json.dump());
  }
  return correction;
}

CorrectionPair pair_from_json(const Json& json, CorrectionMethod method, const std::filesystem::path& file) {
  return {.image = correction_from_json(json_field<Json>(json, "image", file), method, file),
          .text = correction_from_json(json_field<Json>(json, "text", file), method, file)};
}

at::Tensor bank_of(const SafetensorsFile& file, const char* name) {
  const at::Tensor bank = file.tensor(name);
  if (bank.dim() != 2 || bank.size(0) == 0 || bank.scalar_type() != at::kHalf)
    throw FileError(file.path(), std::string("rows of float16 as ") + name, "other values");
  return bank.to(at::kFloat);
}

StoredCorrection open_correction(const std::filesystem::path& run_folder) {
  const std::filesystem::path file = run_folder / kCorrectionName;
  const Json json = read_checked_json(file);
  const auto format = json_field<std::string>(json, "format", file);
  const auto version = json_field<int>(json, "version", file);
  if (format != kCorrectionFormat || version != kCorrectionVersion) {
    throw FileError(file, std::string(kCorrectionFormat) + ", version " + std::to_string(kCorrectionVersion),
                    format + ", version " + std::to_string(version));
  }
  if (json_field<std::string>(json, "heads_checksum", file) != heads_checksum(run_folder)) {
    throw FileError(file, "a correction fitted to the heads of this run",
                    "one fitted to others; 'tandem correct' fits it again, --correction none does without");
  }
  const SafetensorsFile banks = SafetensorsFile::open_checked(run_folder / kBanksName);
  if (banks.checksum() != json_field<std::string>(json, "banks_checksum", file))
    throw FileError(banks.path(), "the banks that hubness.json was written with", "others");
  StoredCorrection stored{.image_bank = bank_of(banks, "image_bank"), .text_bank = bank_of(banks, "text_bank")};
  stored.chosen = correction_named(json_field<std::string>(json, "chosen", file));
  const Json fitted = json_field<Json>(json, "fitted", file);
  for (const CorrectionMethod method : all_corrections()) {
    if (!fitted.contains(correction_name(method)) && method != stored.chosen) continue;
    const Json one = json_field<Json>(fitted, correction_name(method), file);
    stored.fitted[method] = {.inductive = pair_from_json(json_field<Json>(one, "inductive", file), method, file),
                             .transductive = pair_from_json(json_field<Json>(one, "transductive", file), method, file)};
  }
  return stored;
}

std::string fitted_names(const StoredCorrection& stored) {
  return joined_text(stored.fitted, ", ", [](const auto& one) { return correction_name(one.first); });
}

}  // namespace

at::Tensor as_stored(const at::Tensor& bank) { return bank.to(at::kHalf).to(at::kFloat); }

void write_correction(const std::filesystem::path& run_folder, const StoredCorrection& correction) {
  StagedFiles files;  // Neither is of any use without the other.
  const std::string checksum = write_safetensors(
      files.stage(run_folder / kBanksName),
      {{"image_bank", correction.image_bank.to(at::kHalf)}, {"text_bank", correction.text_bank.to(at::kHalf)}});
  Json fitted = Json::object();
  for (const auto& [method, one] : correction.fitted) {
    fitted[std::string(correction_name(method))] = {{"inductive", to_json(one.inductive)},
                                                    {"transductive", to_json(one.transductive)}};
  }
  write_checked_json(files.stage(run_folder / kCorrectionName),
                     {{"format", kCorrectionFormat},
                      {"version", kCorrectionVersion},
                      {"chosen", correction.chosen ? correction_name(*correction.chosen) : "none"},
                      {"fitted", fitted},
                      {"heads_checksum", heads_checksum(run_folder)},
                      {"banks_checksum", checksum}});
  files.commit();
}

std::optional<ChosenCorrection> chosen_correction(const std::filesystem::path& run_folder, const std::string& wanted) {
  if (wanted == "none") return std::nullopt;
  const bool any = wanted == "run";
  if (!std::filesystem::exists(run_folder / kCorrectionName)) {
    if (any) return std::nullopt;
    throw FileError(run_folder, "a correction for hubs, as 'tandem correct' fits it", "none");
  }
  const StoredCorrection stored = open_correction(run_folder);
  const std::optional<CorrectionMethod> method = any ? stored.chosen : correction_named(wanted);
  if (!method) return std::nullopt;
  if (!stored.fitted.contains(*method)) {
    throw FileError(
        run_folder,
        "a correction by " + wanted + ", as 'tandem correct --method " + wanted + "' or '--method auto' fits it",
        "one by " + fitted_names(stored) + " alone");
  }
  Checksum fingerprint;
  fingerprint.add_field(correction_name(*method)).add_field(to_json(stored.fitted.at(*method).inductive).dump());
  fingerprint.add_field(SafetensorsFile::open(run_folder / kBanksName).checksum().value_or(""));
  return ChosenCorrection{.method = *method,
                          .fitted = stored.fitted.at(*method),
                          .image_bank = stored.image_bank,
                          .text_bank = stored.text_bank,
                          .fingerprint = fingerprint.text()};
}

at::Tensor image_biases(const ChosenCorrection& correction, const at::Tensor& image) {
  return hub_bias(image, correction.text_bank, correction.fitted.inductive.image);
}
at::Tensor text_biases(const ChosenCorrection& correction, const at::Tensor& text) {
  return hub_bias(text, correction.image_bank, correction.fitted.inductive.text);
}

BiasedEmbeddings corrected(const ChosenCorrection& correction, const at::Tensor& image, const at::Tensor& text,
                           bool transductive) {
  if (!transductive) return with_biases(image, text, image_biases(correction, image), text_biases(correction, text));
  const CorrectionPair& settings = correction.fitted.transductive;
  return with_biases(image, text, hub_bias(image, text, settings.image), hub_bias(text, image, settings.text));
}

}  // namespace tandem
