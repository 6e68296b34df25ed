#include "tandem/model/run_folder.h"

#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/encoders/encoder_fingerprint.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/copied_file.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/path_text.h"
#include "tandem/storage/safetensors.h"
#include "tandem/training/head_tensors.h"
#include "tandem/training/train_options_json.h"

namespace tandem {
namespace {

constexpr const char* kFormat = "tandem run";
// A program that does not know ensembles must not read one as its first member, and one that does
// not know weights or heads by CCA must not ignore them. So each of these has its own version.
constexpr int kVersion = 2, kEnsembleVersion = 3, kWeightedVersion = 4;

Json records_to_json(const std::vector<EncoderRecord>& records) {
  Json list = Json::array();
  for (const EncoderRecord& record : records) list.push_back(to_json(record));
  return list;
}

std::vector<EncoderRecord> records_from_json(const Json& json, const char* field, const std::filesystem::path& file) {
  std::vector<EncoderRecord> records;
  for (const Json& record : json_field<Json>(json, field, file))
    records.push_back(encoder_record_from_json(record, file));
  return records;
}

/// The record's files as they were when its features were made: otherwise the run would never open
/// them.
void check_unchanged(const EncoderRecord& record) {
  for (const std::string& name : record.files) {
    const std::filesystem::path file = record.folder / name;
    if (!std::filesystem::exists(file)) throw FileError(file, "a file of the encoder that made the features", "none");
  }
  const std::string found = encoder_fingerprint(record.folder, record.files, record.precision, record.rules);
  if (found == record.fingerprint) return;
  throw FileError(record.folder, "the encoder that made the features, with fingerprint " + record.fingerprint,
                  "fingerprint " + found + ": its files have changed, so encode again");
}

/// A copy of the record's files in a folder of their own. What lies there from an earlier run is
/// removed.
void copy_encoder(const EncoderRecord& record, const std::filesystem::path& folder) {
  for (const std::filesystem::path& place : {folder.parent_path(), folder}) {
    if (std::filesystem::is_symlink(place)) throw FileError(place, "a folder of the run's own", "a link");
  }
  std::filesystem::remove_all(folder);
  for (const std::string& name : record.files) {
    make_folder((folder / checked_inner_name(name, "an encoder's file", record.folder)).parent_path());
    copy_to_new_file(record.folder / name, folder / name);
  }
}

/// The folder an encoder is opened from.
std::filesystem::path folder_of(const std::filesystem::path& run_folder, const EncoderRecord& record) {
  return record.folder.is_absolute() ? record.folder : run_folder / record.folder;
}

/// Where the features of training are. Those of a run that holds its features itself are found
/// wherever the run is.
std::filesystem::path features_place(const std::string& stored, const std::filesystem::path& run_folder,
                                     const std::filesystem::path& file) {
  const std::filesystem::path place = checked_place(stored, "features", file);
  return place.is_absolute() ? place : std::filesystem::absolute(run_folder / place).lexically_normal();
}

/// Imported features came without what made them.
void refuse_imported(const EncoderRecord& record, const std::filesystem::path& run_folder, const char* what) {
  if (!is_imported(record)) return;
  throw FileError(run_folder, std::string("a run with encoders, to encode ") + what,
                  "one on imported features, which has none");
}

template <typename Source>
void check_fingerprint(const Source& source, const EncoderRecord& record) {
  if (source.tower.fingerprint == record.fingerprint) return;
  throw FileError(source.tower.folder, "the encoder that made the features, with fingerprint " + record.fingerprint,
                  "fingerprint " + source.tower.fingerprint);
}

/// "" for the first, then "member1.", ...
std::string member_prefix(std::int64_t member) { return member == 0 ? "" : "member" + std::to_string(member) + "."; }

Json recall_to_json(const std::optional<double>& recall) { return recall ? Json(*recall) : Json(); }

std::optional<double> recall_from_json(const Json& json, const std::filesystem::path& file) {
  const auto recall = json_field<Json>(json, "dev_mean_recall", file);
  return recall.is_null() ? std::nullopt : std::optional(json_field<double>(json, "dev_mean_recall", file));
}

Json cca_to_json(const std::optional<CcaSettings>& cca) { return cca ? to_json(*cca) : Json(); }

/// Runs before version 4 were all trained.
std::optional<CcaSettings> cca_from_json(const Json& json, const std::filesystem::path& file) {
  if (!json.contains("cca") || json.at("cca").is_null()) return std::nullopt;
  const auto cca = json_field<Json>(json, "cca", file);
  return CcaSettings{.regularisation = json_field<double>(cca, "regularisation", file),
                     .power = json_field<double>(cca, "power", file)};
}

Json to_json(const RunMember& member, double weight) {
  return {{"options", to_json(member.options)},
          {"cca", cca_to_json(member.cca)},
          {"weight", weight},
          {"logit_scale", member.logit_scale},
          {"best_epoch", member.best_epoch},
          {"dev_mean_recall", recall_to_json(member.dev_recall)}};
}

RunMember member_from_json(const Json& json, const std::filesystem::path& file) {
  return {.options = train_options_from_json(json_field<Json>(json, "options", file), file),
          .cca = cca_from_json(json, file),
          .logit_scale = json_field<double>(json, "logit_scale", file),
          .best_epoch = json_field<std::int64_t>(json, "best_epoch", file),
          .dev_recall = recall_from_json(json, file)};
}

Json unscaled_to_json(const std::optional<UnscaledColumns>& unscaled) {
  return unscaled ? Json{{"image", unscaled->image}, {"text", unscaled->text}} : Json();
}

std::optional<UnscaledColumns> unscaled_from_json(const Json& json, const std::filesystem::path& file) {
  if (!json.contains("unscaled_columns") || json.at("unscaled_columns").is_null()) return std::nullopt;
  const auto unscaled = json_field<Json>(json, "unscaled_columns", file);
  return UnscaledColumns{.image = json_field<std::int64_t>(unscaled, "image", file),
                         .text = json_field<std::int64_t>(unscaled, "text", file)};
}

struct Members {
  std::vector<RunMember> list;
  std::vector<double> weights;
};

Members members_from_json(const Json& json, int version, const std::filesystem::path& file) {
  Members members;
  if (version == kVersion) return members;
  for (const Json& member : json_field<Json>(json, "members", file)) {
    members.list.push_back(member_from_json(member, file));
    members.weights.push_back(version == kEnsembleVersion ? 1 : json_field<double>(member, "weight", file));
  }
  if (members.list.size() == 1 || (members.list.empty() && version == kEnsembleVersion))
    throw FileError(file, "an ensemble of two members or more", std::to_string(members.list.size()));
  return members;
}

/// The heads of one side, of the run itself or of its members.
HeadEnsemble read_heads(const SafetensorsFile& file, const std::string& side, const TrainOptions& options,
                        const Members& members) {
  const auto options_of = [&](const TrainOptions& of) { return side == "image." ? of.image_head : of.text_head; };
  if (members.list.empty()) return read_head(file, side, options_of(options));
  std::vector<ProjectionHead> heads;
  for (std::size_t i = 0; i < members.list.size(); ++i)
    heads.push_back(
        read_head(file, member_prefix(static_cast<std::int64_t>(i)) + side, options_of(members.list[i].options)));
  try {
    return HeadEnsemble(std::move(heads), members.weights);
  } catch (const c10::ValueError& error) {
    throw FileError(file.path(), "heads of one ensemble", error.what_without_backtrace());
  }
}

/// The oldest version that can hold the run.
int version_of(const Run& run) {
  const auto& weights = run.image_heads.weights();
  const bool equal =
      std::all_of(weights.begin(), weights.end(), [&](double weight) { return weight == weights.front(); });
  const bool trained = !run.cca && std::none_of(run.members.begin(), run.members.end(),
                                                [](const RunMember& member) { return member.cca.has_value(); });
  if (!equal || !trained) return kWeightedVersion;
  return run.members.empty() ? kVersion : kEnsembleVersion;
}

}  // namespace

Json to_json(const CcaSettings& settings) {
  return {{"regularisation", settings.regularisation}, {"power", settings.power}};
}

std::vector<RunMember> members_of(const Run& run) {
  if (!run.members.empty()) return run.members;
  return {{.options = run.options,
           .cca = run.cca,
           .logit_scale = run.logit_scale,
           .best_epoch = run.best_epoch,
           .dev_recall = run.dev_recall}};
}

std::vector<EncoderRecord> resolved_encoders(std::vector<EncoderRecord> records,
                                             const std::filesystem::path& run_folder) {
  for (EncoderRecord& record : records) {
    if (!record.folder.is_absolute() && !is_imported(record))
      record.folder = std::filesystem::absolute(run_folder / record.folder);
  }
  return records;
}

std::vector<EncoderRecord> carried_encoders(const std::string& side, std::vector<EncoderRecord> records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!is_imported(records[i]))
      records[i].folder = std::filesystem::path("encoders") / (side + "-" + std::to_string(i));
  }
  return records;
}

std::vector<EncoderRecord> carry_encoders(const std::filesystem::path& folder, const std::string& side,
                                          const std::vector<EncoderRecord>& records) {
  const std::vector<EncoderRecord> carried = carried_encoders(side, records);
  for (const EncoderRecord& record : records) {
    if (!is_imported(record)) check_unchanged(record);
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!is_imported(records[i])) copy_encoder(records[i], folder / carried[i].folder);
  }
  return carried;
}

void write_run(const std::filesystem::path& folder, const Run& run) {
  NamedTensors tensors;
  for (std::int64_t i = 0; i < run.image_heads.count(); ++i) {
    add_head(tensors, member_prefix(i) + "image.", run.image_heads.members()[i]);
    add_head(tensors, member_prefix(i) + "text.", run.text_heads.members()[i]);
  }
  const std::string checksum = write_safetensors(folder / kHeadsName, tensors);
  Json members = Json::array();
  for (std::size_t i = 0; i < run.members.size(); ++i)
    members.push_back(to_json(run.members[i], run.image_heads.weights()[i]));
  write_checked_json(folder / kRunName,
                     {{"format", kFormat},
                      {"version", version_of(run)},
                      {"members", members},
                      {"weights_chosen_on_dev", run.weights_chosen_on_dev},
                      {"data", run.data_name},
                      {"features", {{"folder", path_text(run.features_folder)}, {"plan", run.features_plan}}},
                      {"image_encoders", records_to_json(run.image_encoders)},
                      {"text_encoders", records_to_json(run.text_encoders)},
                      {"options", to_json(run.options)},
                      {"unscaled_columns", unscaled_to_json(run.unscaled)},
                      {"cca", cca_to_json(run.cca)},
                      {"best_epoch", run.best_epoch},
                      {"dev_mean_recall", recall_to_json(run.dev_recall)},
                      {"logit_scale", run.logit_scale},
                      {"heads_checksum", checksum}});
}

Run open_run(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kRunName;
  if (!std::filesystem::exists(file)) {
    throw FileError(
        folder, "a run, as `tandem train` writes it",
        std::filesystem::exists(folder) ? "no run.json in it (was training interrupted?)" : "nothing of that name");
  }
  const Json json = read_checked_json(file);
  const auto format = json_field<std::string>(json, "format", file);
  const auto version = json_field<int>(json, "version", file);
  if (format != kFormat || version < kVersion || version > kWeightedVersion) {
    throw FileError(
        file,
        std::string(kFormat) + ", version " + std::to_string(kVersion) + " to " + std::to_string(kWeightedVersion),
        format + ", version " + std::to_string(version));
  }
  const TrainOptions options = train_options_from_json(json_field<Json>(json, "options", file), file);
  const Members members = members_from_json(json, version, file);
  const SafetensorsFile heads = SafetensorsFile::open_checked(folder / kHeadsName);
  const auto checksum = json_field<std::string>(json, "heads_checksum", file);
  if (heads.checksum() != checksum) {
    throw FileError(heads.path(), "the heads that run.json was written with, checksum " + checksum,
                    "checksum " + *heads.checksum());
  }
  const Json features = json_field<Json>(json, "features", file);
  return {.image_heads = read_heads(heads, "image.", options, members),
          .text_heads = read_heads(heads, "text.", options, members),
          .logit_scale = json_field<double>(json, "logit_scale", file),
          .best_epoch = json_field<std::int64_t>(json, "best_epoch", file),
          .dev_recall = recall_from_json(json, file),
          .options = options,
          .unscaled = unscaled_from_json(json, file),
          .cca = cca_from_json(json, file),
          .members = members.list,
          .weights_chosen_on_dev =
              json.contains("weights_chosen_on_dev") && json_field<bool>(json, "weights_chosen_on_dev", file),
          .data_name = json_field<std::string>(json, "data", file),
          .features_folder = features_place(json_field<std::string>(features, "folder", file), folder, file),
          .features_plan = json_field<std::string>(features, "plan", file),
          .image_encoders = records_from_json(json, "image_encoders", file),
          .text_encoders = records_from_json(json, "text_encoders", file)};
}

void check_same_encoders(const Run& run, const FeatureManifest& manifest,
                         const std::filesystem::path& features_folder) {
  const auto describe = [](const std::vector<EncoderRecord>& image, const std::vector<EncoderRecord>& text) {
    std::string words;
    for (const auto* side : {&image, &text}) {
      for (const EncoderRecord& encoder : *side) {
        words += (words.empty() ? "" : " + ") + encoder.model_type + " " + encoder.fingerprint.substr(0, 8) + " (" +
                 encoder.views + ")";
      }
    }
    return words;
  };
  if (encoding_fingerprint(run.image_encoders, run.text_encoders) ==
      encoding_fingerprint(manifest.image_encoders, manifest.text_encoders)) {
    return;
  }
  throw FileError(features_folder,
                  "features by the encoders of this run, " + describe(run.image_encoders, run.text_encoders),
                  "features by " + describe(manifest.image_encoders, manifest.text_encoders));
}

std::vector<ImageSource> open_image_sources(const std::filesystem::path& run_folder, const Run& run,
                                            c10::Device device) {
  std::vector<ImageSource> sources;
  for (const EncoderRecord& record : run.image_encoders) {
    refuse_imported(record, run_folder, "a picture");
    sources.push_back(
        open_image_source(folder_of(run_folder, record), parse_views(record.views), {record.precision, device}));
    check_fingerprint(sources.back(), record);
  }
  return sources;
}

std::vector<TextSource> open_text_sources(const std::filesystem::path& run_folder, const Run& run, c10::Device device) {
  std::vector<TextSource> sources;
  for (const EncoderRecord& record : run.text_encoders) {
    refuse_imported(record, run_folder, "words");
    sources.push_back(
        open_text_source(folder_of(run_folder, record), parse_views(record.views), {record.precision, device}));
    check_fingerprint(sources.back(), record);
  }
  return sources;
}

}  // namespace tandem
