#include "tandem/evaluation/kept_survey.h"

#include <ATen/ops/zeros.h>

#include <array>
#include <cstring>

#include "tandem/base/errors.h"
#include "tandem/base/printable.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

constexpr std::int64_t kChecksumDigits = 32;

std::string plan_of(const std::vector<PictureSource>& pictures) {
  Checksum plan;
  plan.add_field("survey 1");
  for (const PictureSource& picture : pictures) {
    std::error_code error;
    const auto size = std::filesystem::file_size(picture.file, error);
    const auto changed = std::filesystem::last_write_time(picture.file, error);
    plan.add_field(picture.file.string())
        .add_field(std::to_string(size))
        .add_field(std::to_string(changed.time_since_epoch().count()));
    plan.add_field(std::to_string(picture.offset))
        .add_field(std::to_string(picture.bytes))
        .add_field(coding_name(picture.coding));
  }
  return plan.text();
}

void keep(const std::filesystem::path& file, const std::vector<SurveyedPicture>& survey, const std::string& plan) {
  const auto count = static_cast<std::int64_t>(survey.size());
  const at::Tensor numbers = at::zeros({count, 4}, at::kLong);
  const at::Tensor thumbnails = at::zeros({count, static_cast<std::int64_t>(Thumbnail().size())}, at::kByte);
  const at::Tensor checksums = at::zeros({count, kChecksumDigits}, at::kByte);
  Json unreadable = Json::object();
  for (std::int64_t i = 0; i < count; ++i) {
    const SurveyedPicture& picture = survey[i];
    const std::array<std::int64_t, 4> row = {picture.bytes, picture.height, picture.width,
                                             static_cast<std::int64_t>(picture.hash)};
    std::memcpy(numbers.data_ptr<std::int64_t>() + 4 * i, row.data(), sizeof row);
    std::memcpy(thumbnails.data_ptr<std::uint8_t>() + static_cast<std::int64_t>(picture.thumbnail.size()) * i,
                picture.thumbnail.data(), picture.thumbnail.size());
    std::memcpy(checksums.data_ptr<std::uint8_t>() + kChecksumDigits * i, picture.checksum.data(),
                picture.checksum.size());
    if (!picture.readable()) unreadable[std::to_string(i)] = picture.unreadable;
  }
  write_safetensors(file, {{"numbers", numbers}, {"thumbnails", thumbnails}, {"checksums", checksums}},
                    {{"plan", plan}, {"unreadable", json_line(unreadable)}});
}

/// Nothing if the file is absent, damaged or of other pictures: then it is made again.
std::vector<SurveyedPicture> find(const std::filesystem::path& path, std::int64_t count, const std::string& plan) {
  if (!std::filesystem::exists(path)) return {};
  try {
    const SafetensorsFile file = SafetensorsFile::open_checked(path);
    const auto found = file.metadata().find("plan");
    const auto reasons = file.metadata().find("unreadable");
    if (found == file.metadata().end() || found->second != plan || reasons == file.metadata().end()) return {};
    const at::Tensor numbers = file.tensor("numbers", {count, 4});
    const at::Tensor thumbnails = file.tensor("thumbnails", {count, static_cast<std::int64_t>(Thumbnail().size())});
    const at::Tensor checksums = file.tensor("checksums", {count, kChecksumDigits});
    std::vector<SurveyedPicture> survey(count);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t* row = numbers.const_data_ptr<std::int64_t>() + 4 * i;
      survey[i] = {.checksum = {},
                   .unreadable = {},
                   .bytes = row[0],
                   .height = row[1],
                   .width = row[2],
                   .hash = static_cast<std::uint64_t>(row[3])};
      std::memcpy(survey[i].thumbnail.data(),
                  thumbnails.const_data_ptr<std::uint8_t>() + static_cast<std::int64_t>(Thumbnail().size()) * i,
                  Thumbnail().size());
      const auto* digits =
          reinterpret_cast<const char*>(checksums.const_data_ptr<std::uint8_t>()) + kChecksumDigits * i;
      if (digits[0] != '\0') survey[i].checksum.assign(digits, kChecksumDigits);
    }
    const Json unreadable = parse_json(reasons->second, path);
    for (const auto& [row, reason] : unreadable.items())
      survey.at(std::stoul(row)).unreadable = reason.get<std::string>();
    return survey;
  } catch (const FileError&) {
    return {};
  }
}

}  // namespace

std::vector<SurveyedPicture> kept_survey(const FeatureStore& store, const Stages& stages, const Notice& notice) {
  const std::vector<PictureSource>& pictures = store.manifest().pictures;
  const std::filesystem::path file = store.folder() / kSurveyName;
  const std::string plan = plan_of(pictures);
  std::vector<SurveyedPicture> survey = find(file, static_cast<std::int64_t>(pictures.size()), plan);
  if (!survey.empty()) return survey;
  survey = survey_pictures(pictures, 0, begin_stage(stages, "looking at pictures", "pictures"));
  try {
    keep(file, survey, plan);
  } catch (const FileError& error) {
    const std::string reason = printable_sentence(error.what());
    if (notice) notice("what the pictures look like is not kept for the next time: " + reason);
  }
  return survey;
}

std::vector<SurveyedPicture> survey_of_rows(const FeatureStore& store, const std::vector<std::int64_t>& rows,
                                            const Stages& stages) {
  const std::vector<PictureSource>& pictures = store.manifest().pictures;
  const std::filesystem::path file = store.folder() / kSurveyName;
  std::vector<SurveyedPicture> survey;
  if (std::filesystem::exists(file)) survey = find(file, static_cast<std::int64_t>(pictures.size()), plan_of(pictures));
  if (!survey.empty()) {
    std::vector<SurveyedPicture> chosen;
    for (const std::int64_t row : rows) chosen.push_back(survey.at(row));
    return chosen;
  }
  std::vector<PictureSource> sources;
  for (const std::int64_t row : rows) sources.push_back(pictures.at(row));
  return survey_pictures(sources, 0, begin_stage(stages, "looking at pictures", "pictures"));
}

}  // namespace tandem
