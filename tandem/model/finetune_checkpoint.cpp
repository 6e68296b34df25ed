#include "tandem/model/finetune_checkpoint.h"

#include "tandem/base/errors.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

constexpr const char* kPlan = "plan";
constexpr const char* kProgress = "progress";

}  // namespace

void write_finetune_checkpoint(const std::filesystem::path& file, const FinetuneCheckpoint& checkpoint) {
  write_safetensors(file, checkpoint.tensors, {{kPlan, checkpoint.plan}, {kProgress, checkpoint.progress.dump()}});
}

std::optional<FinetuneCheckpoint> read_finetune_checkpoint(const std::filesystem::path& file, const std::string& plan) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  const SafetensorsFile opened = SafetensorsFile::open_checked(file);
  const auto& metadata = opened.metadata();
  if (metadata.count(kPlan) == 0 || metadata.count(kProgress) == 0)
    throw FileError(file, "a checkpoint of tandem finetune", "another file");
  if (metadata.at(kPlan) != plan) {
    throw FileError(file, "a checkpoint of the same run, features and options (--overwrite begins anew)",
                    "one of others");
  }
  FinetuneCheckpoint checkpoint{
      .plan = plan,
      .progress = parse_json(metadata.at(kProgress), file.string() + " metadata \"progress\""),
      .tensors = {}};
  for (const auto& [name, entry] : opened.entries()) checkpoint.tensors.emplace_back(name, opened.tensor(name).clone());
  return checkpoint;
}

std::string finetune_checkpoint_plan(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return "";
  try {
    const SafetensorsFile opened = SafetensorsFile::open(file);
    const auto& metadata = opened.metadata();
    return metadata.count(kPlan) != 0 && metadata.count(kProgress) != 0 ? metadata.at(kPlan) : "";
  } catch (const FileError&) {
    return "";
  }
}

}  // namespace tandem
