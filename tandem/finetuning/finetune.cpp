#include "tandem/finetuning/finetune.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/model/finetune_checkpoint.h"
#include "tandem/training/checkpoint.h"
#include "tandem/training/epoch_loop.h"
#include "tandem/training/epoch_report_json.h"
#include "tandem/training/gradient_clip.h"
#include "tandem/training/logit_scale.h"
#include "tandem/training/optimizer.h"
#include "tandem/training/schedule.h"

namespace tandem {
namespace {

using Items = std::vector<std::int64_t>;

void check(const FinetuneOptions& options, const FinetunePairs& pairs) {
  TORCH_CHECK_VALUE(options.epochs > 0 && options.batch_size > 1,
                    "finetune: epochs must be positive and batch_size at least 2, got ", options.epochs, " and ",
                    options.batch_size);
  TORCH_CHECK_VALUE(options.learning_rate > 0 && options.head_learning_rate >= 0 && options.weight_decay >= 0,
                    "finetune: learning_rate must be positive, head_learning_rate and weight_decay not negative, got ",
                    options.learning_rate, ", ", options.head_learning_rate, " and ", options.weight_decay);
  TORCH_CHECK_VALUE(pairs.train_images >= 2, "finetune: at least two training pictures were needed, got ",
                    pairs.train_images);
  TORCH_CHECK_VALUE(options.checkpoint_steps > 0, "finetune: checkpoint_steps must be positive, got ",
                    options.checkpoint_steps);
}

// Streams of the seed: chance depends on it and the place alone, so that nothing of it need be
// saved to go on.
constexpr std::uint64_t kOrder = 1, kImageNoise = 2, kTextNoise = 3;

std::vector<at::Tensor> gradients_of(const std::vector<at::Tensor>& parameters) {
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& parameter : parameters) gradients.push_back(parameter.grad());
  return gradients;
}

Items range(std::int64_t begin, std::int64_t count) {
  Items items(count);
  std::iota(items.begin(), items.end(), begin);
  return items;
}

class Finetuning final : public EpochTraining {
 public:
  Finetuning(TunedSide& image, TunedSide& text, const FinetuneStart& start, const FinetunePairs& pairs,
             const FinetuneOptions& options, const FinetuneHooks& hooks);

  Finetuned run();

  at::Tensor order(std::int64_t epoch) const override;
  void step(const at::Tensor& captions) override;
  void on_step() override;
  double logit_scale() const override { return logit_scale_of(log_scale_); }
  std::optional<double> dev_recall() const override;
  void keep_weights() override;
  void on_epoch(const EpochReport& report) override;
  void on_state() override;
  bool stop_asked() override;

 private:
  std::int64_t steps() const { return batches_ * options_.epochs; }
  std::string place_text() const;
  at::Tensor batch_loss(const Items& images, const at::Tensor& image_features, const at::Tensor& text_features) const;
  NamedTensors stored_tensors() const;
  bool go_on();
  void measure_start();
  void save() const;

  TunedSide& image_;
  TunedSide& text_;
  const FinetunePairs& pairs_;
  const FinetuneOptions& options_;
  const FinetuneHooks& hooks_;
  c10::Device device_;
  ProjectionHead image_head_, text_head_;
  at::Tensor log_scale_, bias_;
  Items partner_;                           // the picture each training caption is with
  std::vector<at::Tensor> parameters_;      // everything that is trained but scale and bias
  NamedTensors live_;                       // what makes the model: trained tensors under names
  std::map<std::string, at::Tensor> best_;  // copies of the best epoch's
  Optimizer layer_optimizer_, head_optimizer_;
  std::int64_t batch_size_, batches_;

  EpochCourse course_;  // in the checkpoint
  bool is_saved_ = false;
};

std::vector<at::Tensor> layer_parameters(const TunedSide& image, const TunedSide& text) {
  std::vector<at::Tensor> all = image.parameters();
  for (const at::Tensor& parameter : text.parameters()) all.push_back(parameter);
  TORCH_CHECK_VALUE(!all.empty(), "finetune: a layer to train was needed on one side at least, got none");
  return all;
}

std::vector<at::Tensor> head_parameters(const ProjectionHead& image, const ProjectionHead& text,
                                        const at::Tensor& log_scale, const at::Tensor& bias) {
  std::vector<at::Tensor> all = image.parameters();
  for (const at::Tensor& parameter : text.parameters()) all.push_back(parameter);
  for (const at::Tensor& parameter : {log_scale, bias}) {
    if (parameter.defined() && parameter.requires_grad()) all.push_back(parameter);
  }
  return all;
}

/// Where the trained layers are.
c10::Device device_of(const TunedSide& image, const TunedSide& text) {
  const c10::Device device = image.encoders().empty() ? text.device() : image.device();
  TORCH_CHECK_VALUE(text.encoders().empty() || text.device() == device,
                    "finetune: both sides' encoders must be on one device, got ", device, " and ", text.device());
  return device;
}

Finetuning::Finetuning(TunedSide& image, TunedSide& text, const FinetuneStart& start, const FinetunePairs& pairs,
                       const FinetuneOptions& options, const FinetuneHooks& hooks)
    : image_(image),
      text_(text),
      pairs_(pairs),
      options_(options),
      hooks_(hooks),
      device_(device_of(image, text)),
      image_head_(start.image_head.on(device_).trainable_copy()),
      text_head_(start.text_head.on(device_).trainable_copy()),
      log_scale_(first_log_scale(start.logit_scale, options.learn_scale && uses_scale(options.loss.kind), device_)),
      bias_(first_bias(options.loss.kind, options.initial_bias, device_)),
      partner_(pairs.image_of_train_text),
      layer_optimizer_(layer_parameters(image, text), {.weight_decay = options.weight_decay}),
      head_optimizer_(head_parameters(image_head_, text_head_, log_scale_, bias_),
                      {.weight_decay = options.weight_decay}),
      batch_size_(
          std::min<std::int64_t>(options.batch_size, static_cast<std::int64_t>(pairs.image_of_train_text.size()))),
      batches_(static_cast<std::int64_t>(pairs.image_of_train_text.size()) / batch_size_) {
  if (options.shuffled) {
    const std::vector<std::int64_t> other = derangement(pairs.train_images, options.seed);
    for (std::int64_t& picture : partner_) picture = other[picture];
  }
  parameters_ = layer_parameters(image, text);
  for (const ProjectionHead* head : {&image_head_, &text_head_}) {
    for (const at::Tensor& parameter : head->parameters()) parameters_.push_back(parameter);
  }
  for (const auto& [side, name] : {std::pair(&image_, "image."), std::pair(&text_, "text.")}) {
    for (const TunedEncoder& encoder : side->encoders()) {
      const std::string prefix = name + std::to_string(encoder.number) + ".";
      for (const auto& [tensor_name, tensor] : encoder.layers.trained())
        live_.emplace_back(prefix + tensor_name, tensor);
    }
  }
  for (const auto& [tensor_name, tensor] : image_head_.tensors())
    live_.emplace_back("image_head." + tensor_name, tensor);
  for (const auto& [tensor_name, tensor] : text_head_.tensors()) live_.emplace_back("text_head." + tensor_name, tensor);
  live_.emplace_back("log_scale", log_scale_);
  if (bias_.defined()) live_.emplace_back("bias", bias_);
}

at::Tensor Finetuning::order(std::int64_t epoch) const {
  return at::randperm(
      static_cast<std::int64_t>(partner_.size()),
      at::detail::createCPUGenerator(mixed_seed(options_.seed, kOrder, static_cast<std::uint64_t>(epoch))),
      at::TensorOptions().dtype(at::kLong));
}

at::Tensor Finetuning::batch_loss(const Items& images, const at::Tensor& image_features,
                                  const at::Tensor& text_features) const {
  const auto done = static_cast<std::uint64_t>(course_.steps_done(batches_));
  const at::Tensor image =
      image_head_.embed(image_features, RowChance{.seed = mixed_seed(options_.seed, kImageNoise, done)});
  const at::Tensor text =
      text_head_.embed(text_features, RowChance{.seed = mixed_seed(options_.seed, kTextNoise, done)});
  return contrastive_loss(
      options_.loss,
      {.image = image, .text = text, .log_scale = log_scale_, .image_id = at::tensor(images, at::kLong).to(device_)},
      {.bias = bias_, .image_features = image_features.detach(), .text_features = text_features.detach()});
}

std::string Finetuning::place_text() const {
  return " in epoch " + std::to_string(course_.epoch) + ", batch " + std::to_string(course_.batch + 1) + " of " +
         std::to_string(batches_) + "; a smaller learning rate may help";
}

void Finetuning::step(const at::Tensor& captions) {
  const std::int64_t* rows = captions.const_data_ptr<std::int64_t>();
  const Items texts(rows, rows + captions.numel());
  Items images;
  for (const std::int64_t text : texts) images.push_back(partner_[text]);
  // The graph begins at the features: heads and loss see the whole batch at once, the encoders a
  // chunk at a time.
  at::Tensor image_features = image_.features(images).to(device_);
  at::Tensor text_features = text_.features(texts).to(device_);
  if (!image_.encoders().empty()) image_features.requires_grad_();
  if (!text_.encoders().empty()) text_features.requires_grad_();
  const at::Tensor loss = batch_loss(images, image_features, text_features);
  const double value = loss.item<double>();
  TORCH_CHECK_VALUE(std::isfinite(value), "finetune: the loss must stay finite, got ", value, place_text());
  layer_optimizer_.zero_grad();
  head_optimizer_.zero_grad();
  loss.backward();
  if (image_features.requires_grad()) image_.backward(images, image_features.grad());
  if (text_features.requires_grad()) text_.backward(texts, text_features.grad());
  const double norm = clip_gradients(gradients_of(parameters_), options_.gradient_clip);
  TORCH_CHECK_VALUE(std::isfinite(norm), "finetune: gradients must stay finite, got a norm of ", norm, place_text());
  const double factor =
      learning_rate_factor(ScheduleKind::kCosine, course_.steps_done(batches_), steps(), options_.warm_up);
  layer_optimizer_.step(options_.learning_rate * factor);
  head_optimizer_.step(options_.head_learning_rate * factor);
  clamp_logit_scale(log_scale_, options_.largest_scale);
  course_.count_step(value, options_.learning_rate * factor);
}

void Finetuning::on_step() {
  if (hooks_.progress) hooks_.progress(course_.steps_done(batches_), steps());
}

std::optional<double> Finetuning::dev_recall() const {
  const at::Tensor image = embed_all(image_head_, image_.features(range(pairs_.train_images, pairs_.dev_images)));
  const auto train_texts = static_cast<std::int64_t>(pairs_.image_of_train_text.size());
  const at::Tensor text = embed_all(text_head_, text_.features(range(train_texts, pairs_.dev_texts)));
  return hooks_.quality(image, text);
}

void Finetuning::keep_weights() {
  for (const auto& [name, tensor] : live_) best_[name] = tensor.detach().clone();
}

void Finetuning::on_epoch(const EpochReport& report) {
  if (hooks_.on_epoch) hooks_.on_epoch(report);
}

void Finetuning::on_state() {
  is_saved_ = course_.batch == 0 || course_.steps_done(batches_) % options_.checkpoint_steps == 0;
  if (is_saved_) save();
}

bool Finetuning::stop_asked() {
  const bool stops = hooks_.stop && hooks_.stop();
  if (stops && !is_saved_) save();
  return stops;
}

/// What the checkpoint holds: the weights now and those of the best epoch, and the optimisers'
/// memories.
NamedTensors Finetuning::stored_tensors() const {
  NamedTensors all;
  for (const auto& [name, tensor] : live_) all.emplace_back("now." + name, tensor.detach());
  for (const auto& [name, tensor] : best_) all.emplace_back("best." + name, tensor);
  for (const auto& [name, tensor] : layer_optimizer_.memory()) all.emplace_back("layers." + name, tensor);
  for (const auto& [name, tensor] : head_optimizer_.memory()) all.emplace_back("heads." + name, tensor);
  return all;
}

void Finetuning::save() const {
  if (hooks_.checkpoint.empty()) return;
  Json reports = Json::array();
  for (const EpochReport& report : course_.epochs) reports.push_back(to_json(report));
  write_finetune_checkpoint(hooks_.checkpoint, {.plan = hooks_.plan,
                                                .progress = {{"epoch", course_.epoch},
                                                             {"batch", course_.batch},
                                                             {"loss", course_.loss_sum},
                                                             {"best_epoch", *course_.best_epoch},
                                                             {"epochs", reports}},
                                                .tensors = stored_tensors()});
}

bool Finetuning::go_on() {
  const std::filesystem::path& file = hooks_.checkpoint;
  if (file.empty()) return false;
  const std::optional<FinetuneCheckpoint> checkpoint = read_finetune_checkpoint(file, hooks_.plan);
  if (!checkpoint) return false;
  keep_weights();  // For the shapes.
  std::map<std::string, at::Tensor> places;
  for (const auto& [name, tensor] : stored_tensors()) places.emplace(name, tensor);
  if (places.size() != checkpoint->tensors.size()) {
    throw FileError(file, std::to_string(places.size()) + " tensors", std::to_string(checkpoint->tensors.size()));
  }
  for (const auto& [name, tensor] : checkpoint->tensors) {
    const auto place = places.find(name);
    if (place == places.end() || place->second.sizes() != tensor.sizes()) {
      throw FileError(file, "the tensors of this encoder and these heads", "another \"" + name + "\"");
    }
    place->second.copy_(tensor);
  }
  const Json& progress = checkpoint->progress;
  course_.epoch = json_field<std::int64_t>(progress, "epoch", file);
  course_.batch = json_field<std::int64_t>(progress, "batch", file);
  course_.loss_sum = json_field<double>(progress, "loss", file);
  course_.best_epoch = json_field<std::int64_t>(progress, "best_epoch", file);
  for (const Json& report : json_field<Json>(progress, "epochs", file))
    course_.epochs.push_back(epoch_report_from_json(report, file));
  return true;
}

/// The frozen encoders' quality is the first to beat.
void Finetuning::measure_start() {
  course_.epochs.push_back({.epoch = 0, .logit_scale = logit_scale(), .dev_recall = dev_recall()});
  course_.best_epoch = 0;
  keep_weights();
}

Finetuned Finetuning::run() {
  const bool resumed = go_on();
  if (!resumed) measure_start();
  for (const EpochReport& report : course_.epochs) on_epoch(report);
  if (!resumed) save();
  run_epochs(*this, course_, {.epochs = options_.epochs, .batches = batches_, .batch_size = batch_size_});
  const c10::NoGradGuard no_gradient;
  for (auto& [name, tensor] : live_) tensor.copy_(best_.at(name));
  return {.image_head = image_head_.snapshot().on(c10::kCPU),
          .text_head = text_head_.snapshot().on(c10::kCPU),
          .logit_scale = logit_scale(),
          .best_epoch = *course_.best_epoch,
          .epochs = std::move(course_.epochs)};
}

}  // namespace

Finetuned finetune(TunedSide& image, TunedSide& text, const FinetuneStart& start, const FinetunePairs& pairs,
                   const FinetuneOptions& options, const FinetuneHooks& hooks) {
  check(options, pairs);
  return Finetuning(image, text, start, pairs, options, hooks).run();
}

}  // namespace tandem
