#include "tandem/finetuning/tune_record.h"

#include "tandem/model/finetune_checkpoint.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/path_text.h"
#include "tandem/training/epoch_report_json.h"

namespace tandem {
namespace {

std::int64_t whole_layers(const TuningOptions& tuning) { return tuning.rank == 0 ? tuning.layers : 0; }
std::int64_t low_rank_layers(const TuningOptions& tuning) { return tuning.rank == 0 ? 0 : tuning.layers; }

void fingerprint_head(Checksum& plan, const ProjectionHead& head) {
  for (const auto& [name, tensor] : head.tensors()) {
    const at::Tensor bytes = tensor.detach().contiguous();
    plan.add_field(name).add_field({static_cast<const char*>(bytes.const_data_ptr()), bytes.nbytes()});
  }
}

Json epochs_to_json(const std::vector<EpochReport>& reports) {
  Json epochs = Json::array();
  for (const EpochReport& report : reports) epochs.push_back(to_json(report));
  return epochs;
}

}  // namespace

std::string tuning_plan(const TuneRunOptions& options, const Run& run, const FeatureManifest& manifest) {
  const FinetuneOptions& training = options.training;
  Checksum plan;
  plan.add_field("finetune 1")
      .add_field(manifest.plan)
      .add_field(encoding_fingerprint(run.image_encoders, run.text_encoders));
  fingerprint_head(plan, run.image_heads.only("finetune"));
  fingerprint_head(plan, run.text_heads.only("finetune"));
  for (const Split split : manifest.image_splits) plan.add_field(split_name(split));
  plan.add_field(Json{{"tower", tuned_towers_name(options.towers)},
                      {"unfreeze_last", whole_layers(options.tuning)},
                      {"rank", options.tuning.rank},
                      {"alpha", options.tuning.alpha},
                      {"lora_layers", low_rank_layers(options.tuning)},
                      {"targets", low_rank_targets_name(options.tuning.targets)},
                      {"dtype", options.dtype},
                      {"device", options.device.str()},
                      {"epochs", training.epochs},
                      {"batch_size", training.batch_size},
                      {"learning_rate", training.learning_rate},
                      {"head_learning_rate", training.head_learning_rate},
                      {"weight_decay", training.weight_decay},
                      {"warm_up", training.warm_up},
                      {"clip", training.gradient_clip},
                      {"shuffled", training.shuffled},
                      {"seed", training.seed},
                      {"scale", run.logit_scale}}
                     .dump());
  return plan.text();
}

void write_tune_record(const std::filesystem::path& folder, const TuneRunOptions& options, const Finetuned& tuned,
                       const std::string& plan) {
  const FinetuneOptions& training = options.training;
  write_checked_json(folder / kFinetuneName,
                     {{"format", "tandem finetune"},
                      {"version", 1},
                      {"from", path_text(std::filesystem::absolute(options.run).lexically_normal())},
                      {"plan", plan},
                      {"tower", tuned_towers_name(options.towers)},
                      {"unfreeze_last", whole_layers(options.tuning)},
                      {"lora_rank", options.tuning.rank},
                      {"lora_alpha", options.tuning.alpha},
                      {"lora_layers", low_rank_layers(options.tuning)},
                      {"lora_targets", low_rank_targets_name(options.tuning.targets)},
                      {"dtype", options.dtype},
                      {"device", options.device.str()},
                      {"batch_size", training.batch_size},
                      {"learning_rate", training.learning_rate},
                      {"head_learning_rate", training.head_learning_rate},
                      {"weight_decay", training.weight_decay},
                      {"warm_up", training.warm_up},
                      {"gradient_clip", training.gradient_clip},
                      {"shuffled", training.shuffled},
                      {"seed", training.seed},
                      {"best_epoch", tuned.best_epoch},
                      {"epochs", epochs_to_json(tuned.epochs)}});
}

}  // namespace tandem
