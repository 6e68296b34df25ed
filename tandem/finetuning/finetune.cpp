#include "tandem/finetuning/finetune.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/model/finetune_checkpoint.h"
#include "tandem/training/gradient_clip.h"
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

Json to_json(const EpochReport& report) {
  return {{"epoch", report.epoch},
          {"loss", report.loss},
          {"logit_scale", report.logit_scale},
          {"learning_rate", report.learning_rate},
          {"dev_recall", report.dev_recall.value()},
          {"seconds", report.seconds}};
}

EpochReport report_from_json(const Json& json) {
  return {.epoch = json.at("epoch"),
          .loss = json.at("loss"),
          .logit_scale = json.at("logit_scale"),
          .learning_rate = json.at("learning_rate"),
          .dev_recall = json.at("dev_recall").get<double>(),
          .seconds = json.at("seconds")};
}

class Finetuning {
 public:
  Finetuning(TunedSide& image, TunedSide& text, const FinetuneStart& start, const FinetunePairs& pairs,
             const FinetuneOptions& options, const FinetuneHooks& hooks);

  Finetuned run();

 private:
  void run_epoch();
  double run_step(const Items& texts, double factor);
  void finish_epoch(double seconds);
  double dev_quality() const;
  bool go_on();
  void save() const;
  void copy_best();

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

  // Where it is; in the checkpoint.
  std::int64_t epoch_ = 1, batch_ = 0;
  double loss_ = 0;  // sum over the epoch's batches so far
  std::int64_t best_epoch_ = 0;
  std::vector<EpochReport> epochs_;
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

at::Tensor starting_scale(const FinetuneStart& start, const FinetuneOptions& options, c10::Device device) {
  at::Tensor scale = at::full({}, std::log(start.logit_scale), at::TensorOptions(device).dtype(at::kFloat));
  return options.learn_scale && uses_scale(options.loss.kind) ? scale.requires_grad_() : scale;
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
      log_scale_(starting_scale(start, options, device_)),
      bias_(options.loss.kind == LossKind::kSigLip
                ? at::full({}, options.initial_bias, at::TensorOptions(device_).dtype(at::kFloat)).requires_grad_()
                : at::Tensor()),
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

double Finetuning::dev_quality() const {
  const at::Tensor image = embed_all(image_head_, image_.features(range(pairs_.train_images, pairs_.dev_images)));
  const auto train_texts = static_cast<std::int64_t>(pairs_.image_of_train_text.size());
  const at::Tensor text = embed_all(text_head_, text_.features(range(train_texts, pairs_.dev_texts)));
  return hooks_.quality(image, text);
}

double Finetuning::run_step(const Items& texts, double factor) {
  Items images;
  for (const std::int64_t text : texts) images.push_back(partner_[text]);
  // The graph begins at the features: heads and loss see the whole batch at once, the encoders a
  // chunk at a time.
  at::Tensor image_features = image_.features(images).to(device_);
  at::Tensor text_features = text_.features(texts).to(device_);
  if (!image_.encoders().empty()) image_features.requires_grad_();
  if (!text_.encoders().empty()) text_features.requires_grad_();
  const auto step = static_cast<std::uint64_t>((epoch_ - 1) * batches_ + batch_);
  const at::Tensor image =
      image_head_.embed(image_features, RowChance{.seed = mixed_seed(options_.seed, kImageNoise, step)});
  const at::Tensor text =
      text_head_.embed(text_features, RowChance{.seed = mixed_seed(options_.seed, kTextNoise, step)});
  const at::Tensor loss = contrastive_loss(
      options_.loss,
      {.image = image, .text = text, .log_scale = log_scale_, .image_id = at::tensor(images, at::kLong).to(device_)},
      {.bias = bias_, .image_features = image_features.detach(), .text_features = text_features.detach()});
  const double value = loss.item<double>();
  TORCH_CHECK_VALUE(std::isfinite(value), "finetune: the loss must stay finite, got ", value, " in epoch ", epoch_,
                    ", batch ", batch_ + 1, " of ", batches_, "; a smaller learning rate may help");
  layer_optimizer_.zero_grad();
  head_optimizer_.zero_grad();
  loss.backward();
  if (image_features.requires_grad()) image_.backward(images, image_features.grad());
  if (text_features.requires_grad()) text_.backward(texts, text_features.grad());
  const double norm = clip_gradients(gradients_of(parameters_), options_.gradient_clip);
  TORCH_CHECK_VALUE(std::isfinite(norm), "finetune: gradients must stay finite, got a norm of ", norm, " in epoch ",
                    epoch_, ", batch ", batch_ + 1, " of ", batches_, "; a smaller learning rate may help");
  layer_optimizer_.step(options_.learning_rate * factor);
  head_optimizer_.step(options_.head_learning_rate * factor);
  const c10::NoGradGuard no_gradient;
  log_scale_.clamp_(0, std::log(options_.largest_scale));
  return value;
}

void Finetuning::run_epoch() {
  const auto began = std::chrono::steady_clock::now();
  const auto texts = static_cast<std::int64_t>(partner_.size());
  const at::Tensor order = at::randperm(
      texts, at::detail::createCPUGenerator(mixed_seed(options_.seed, kOrder, static_cast<std::uint64_t>(epoch_))),
      at::TensorOptions().dtype(at::kLong));
  const std::int64_t steps = batches_ * options_.epochs;
  while (batch_ < batches_) {
    const std::int64_t step = (epoch_ - 1) * batches_ + batch_;
    const std::int64_t* rows = order.const_data_ptr<std::int64_t>() + batch_ * batch_size_;
    loss_ += run_step(Items(rows, rows + batch_size_),
                      learning_rate_factor(ScheduleKind::kCosine, step, steps, options_.warm_up));
    ++batch_;
    const bool stopping = batch_ < batches_ && hooks_.stop && hooks_.stop();
    if (stopping || (batch_ < batches_ && (step + 1) % options_.checkpoint_steps == 0)) save();
    if (stopping) throw Stopped();
    if (hooks_.progress) hooks_.progress(step + 1, steps);
  }
  finish_epoch(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

void Finetuning::finish_epoch(double seconds) {
  const std::int64_t last_step = epoch_ * batches_ - 1;
  epochs_.push_back(
      {.epoch = epoch_,
       .loss = loss_ / static_cast<double>(batches_),
       .logit_scale = std::exp(log_scale_.item<double>()),
       .learning_rate = options_.learning_rate * learning_rate_factor(ScheduleKind::kCosine, last_step,
                                                                      batches_ * options_.epochs, options_.warm_up),
       .dev_recall = dev_quality(),
       .seconds = seconds});
  const auto found = std::find_if(epochs_.begin(), epochs_.end(),
                                  [&](const EpochReport& report) { return report.epoch == best_epoch_; });
  if (epochs_.back().dev_recall > found->dev_recall) {
    best_epoch_ = epoch_;
    copy_best();
  }
  if (hooks_.on_epoch) hooks_.on_epoch(epochs_.back());
  ++epoch_;
  batch_ = 0;
  loss_ = 0;
  save();
}

void Finetuning::copy_best() {
  for (const auto& [name, tensor] : live_) best_[name] = tensor.detach().clone();
}

void Finetuning::save() const {
  if (hooks_.checkpoint.empty()) return;
  Json reports = Json::array();
  for (const EpochReport& report : epochs_) reports.push_back(to_json(report));
  FinetuneCheckpoint checkpoint{.plan = hooks_.plan,
                                .progress = {{"epoch", epoch_},
                                             {"batch", batch_},
                                             {"loss", loss_},
                                             {"best_epoch", best_epoch_},
                                             {"epochs", reports}},
                                .tensors = {}};
  for (const auto& [name, tensor] : live_) checkpoint.tensors.emplace_back("now." + name, tensor.detach());
  for (const auto& [name, tensor] : best_) checkpoint.tensors.emplace_back("best." + name, tensor);
  for (const auto& [name, tensor] : layer_optimizer_.memory())
    checkpoint.tensors.emplace_back("layers." + name, tensor);
  for (const auto& [name, tensor] : head_optimizer_.memory()) checkpoint.tensors.emplace_back("heads." + name, tensor);
  write_finetune_checkpoint(hooks_.checkpoint, checkpoint);
}

bool Finetuning::go_on() {
  if (hooks_.checkpoint.empty()) return false;
  const std::optional<FinetuneCheckpoint> checkpoint = read_finetune_checkpoint(hooks_.checkpoint, hooks_.plan);
  if (!checkpoint) return false;
  copy_best();  // For the shapes.
  std::map<std::string, at::Tensor> places;
  for (const auto& [name, tensor] : live_) places.emplace("now." + name, tensor.detach());
  for (const auto& [name, tensor] : best_) places.emplace("best." + name, tensor);
  for (const auto& [name, tensor] : layer_optimizer_.memory()) places.emplace("layers." + name, tensor);
  for (const auto& [name, tensor] : head_optimizer_.memory()) places.emplace("heads." + name, tensor);
  if (places.size() != checkpoint->tensors.size()) {
    throw FileError(hooks_.checkpoint, std::to_string(places.size()) + " tensors",
                    std::to_string(checkpoint->tensors.size()));
  }
  for (const auto& [name, tensor] : checkpoint->tensors) {
    const auto place = places.find(name);
    if (place == places.end() || place->second.sizes() != tensor.sizes()) {
      throw FileError(hooks_.checkpoint, "the tensors of this encoder and these heads", "another \"" + name + "\"");
    }
    place->second.copy_(tensor);
  }
  const Json& progress = checkpoint->progress;
  epoch_ = json_field<std::int64_t>(progress, "epoch", hooks_.checkpoint);
  batch_ = json_field<std::int64_t>(progress, "batch", hooks_.checkpoint);
  loss_ = json_field<double>(progress, "loss", hooks_.checkpoint);
  best_epoch_ = json_field<std::int64_t>(progress, "best_epoch", hooks_.checkpoint);
  for (const Json& report : json_field<Json>(progress, "epochs", hooks_.checkpoint))
    epochs_.push_back(report_from_json(report));
  return true;
}

Finetuned Finetuning::run() {
  const bool resumed = go_on();
  if (!resumed) {
    epochs_.push_back({.epoch = 0,
                       .loss = 0,
                       .logit_scale = std::exp(log_scale_.item<double>()),
                       .learning_rate = 0,
                       .dev_recall = dev_quality(),
                       .seconds = 0});
    copy_best();
  }
  if (hooks_.on_epoch) {
    for (const EpochReport& report : epochs_) hooks_.on_epoch(report);
  }
  if (!resumed) save();
  while (epoch_ <= options_.epochs) {
    run_epoch();
    if (hooks_.stop && epoch_ <= options_.epochs && hooks_.stop()) throw Stopped();
  }
  const c10::NoGradGuard no_gradient;
  for (auto& [name, tensor] : live_) tensor.copy_(best_.at(name));
  return {.image_head = image_head_.snapshot().on(c10::kCPU),
          .text_head = text_head_.snapshot().on(c10::kCPU),
          .logit_scale = std::exp(log_scale_.item<double>()),
          .best_epoch = best_epoch_,
          .epochs = std::move(epochs_)};
}

}  // namespace

Finetuned finetune(TunedSide& image, TunedSide& text, const FinetuneStart& start, const FinetunePairs& pairs,
                   const FinetuneOptions& options, const FinetuneHooks& hooks) {
  check(options, pairs);
  return Finetuning(image, text, start, pairs, options, hooks).run();
}

}  // namespace tandem
