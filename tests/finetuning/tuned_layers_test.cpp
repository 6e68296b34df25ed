#include "tandem/finetuning/tuned_layers.h"

#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "finetuning/tuned_encoders.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

std::vector<std::string> all_families() {
  std::vector<std::string> all = kTextFamilies;
  all.insert(all.end(), kImageFamilies.begin(), kImageFamilies.end());
  return all;
}

/// A loss that all layers' outputs have a part in.
at::Tensor loss_of(const std::vector<at::Tensor>& outputs, const at::Tensor& mask) {
  at::Tensor loss = (outputs.back() * direction(outputs.back(), mask)).sum();
  for (const at::Tensor& output : outputs) loss = loss + (output * output * direction(output, mask)).sum();
  return loss;
}

}  // namespace

TEST_CASE("the trained layers begin as the frozen ones in every family, whole or by low-rank changes") {
  for (const std::string& family : all_families()) {
    const TinyEncoder tiny(family);
    REQUIRE(tiny.layers != nullptr);
    for (const TuningOptions& options :
         {TuningOptions{.layers = 1}, TuningOptions{}, TuningOptions{.rank = 3},
          TuningOptions{.layers = 1, .rank = 2, .alpha = 8, .targets = LowRankTargets::kAllLinear}}) {
      const TunedLayers tuned = tiny.tuned(options);
      CHECK(tuned.first() == (options.layers == 1 ? 1 : 0));
      const std::vector<at::Tensor> outputs = tuned.run(tiny.states[tuned.first()], tiny.mask);
      REQUIRE(static_cast<std::int64_t>(outputs.size()) == tuned.last() - tuned.first());
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        const double difference =
            tiny.difference(outputs[i].detach(), tiny.states[tuned.first() + 1 + static_cast<std::int64_t>(i)]);
        CHECK_MESSAGE(difference < 1e-5, family << " differs by " << difference);
      }
    }
  }
}

TEST_CASE("gradients of every family's last layer equal those of transformers" * doctest::test_suite("slow")) {
  const SafetensorsFile expected = SafetensorsFile::open(reference_dir() / "finetuning" / "gradients.safetensors");
  for (const std::string& family : all_families()) {
    const TinyEncoder tiny(family);
    const TunedLayers tuned = tiny.tuned({.layers = 1});
    const at::Tensor last = tuned.run(tiny.states[tuned.first()], tiny.mask).back();
    (last * direction(last, tiny.mask)).sum().backward();
    std::size_t compared = 0;
    for (const auto& [name, tensor] : tuned.trained()) {
      // The small folders carry the prefixes of larger models that the reference was asked without.
      std::string stored = family + "/" + tuned.stored_name(name);
      for (const char* prefix : {"/vit.", "/deit."}) {
        if (const std::size_t at = stored.find(prefix); at != std::string::npos)
          stored.erase(at + 1, std::string(prefix).size() - 1);
      }
      REQUIRE_MESSAGE(expected.has(stored), stored);
      const double difference = relative_difference(tensor.grad(), expected.tensor(stored));
      CHECK_MESSAGE(difference < 1e-4, stored << " differs by " << difference);
      ++compared;
    }
    CHECK(compared >= 14);
  }
}

TEST_CASE("checkpointing every layer gives the gradients of keeping all activations" * doctest::test_suite("slow")) {
  for (const std::string family : {"bert", "clip", "dinov2_swiglu"}) {
    const TinyEncoder tiny(family);
    for (const TuningOptions& options : {TuningOptions{}, TuningOptions{.rank = 2}}) {
      const TunedLayers kept = tiny.tuned(options);
      const TunedLayers twice = tiny.tuned(options);
      loss_of(kept.run(tiny.states[0], tiny.mask), tiny.mask).backward();

      std::vector<at::Tensor> outputs, leaves;
      {
        const c10::NoGradGuard no_gradient;
        outputs = twice.run(tiny.states[0], tiny.mask);
      }
      for (const at::Tensor& output : outputs) leaves.push_back(output.detach().requires_grad_());
      loss_of(leaves, tiny.mask).backward();
      twice.run_back(tiny.states[0], tiny.mask, outputs, gradients_of(leaves));
      CHECK(relative_difference(gradients_of(tensors_of(twice.trained())), gradients_of(tensors_of(kept.trained()))) <
            1e-5);
    }
  }
}

TEST_CASE("a low-rank change is the weight plus alpha / rank times up times down") {
  const TinyEncoder tiny("bert");
  const TunedLayers tuned = tiny.tuned({.rank = 2, .alpha = 6});
  CHECK(tuned.trained().size() == 2 * 2 * 2);  // two layers, query and value, two matrices
  const c10::NoGradGuard no_gradient;
  at::Generator chance = at::detail::createCPUGenerator(5);
  for (const auto& [name, tensor] : tuned.trained()) at::Tensor(tensor).copy_(at::randn(tensor.sizes(), chance));
  const auto& [down_name, down] = tuned.trained()[0];
  const auto& [up_name, up] = tuned.trained()[1];
  CHECK(down_name == "encoder.layer.0.attention.self.query.lora_A.weight");
  CHECK(up_name == "encoder.layer.0.attention.self.query.lora_B.weight");
  const at::Tensor stored = tiny.layers->stored_weights().find("encoder.layer.0.attention.self.query.weight");
  std::size_t changed = 0;
  for (const auto& [name, tensor] : tuned.merged()) {
    const at::Tensor before = tiny.layers->stored_weights().find(name);
    changed += tensor.equal(before) ? 0 : 1;
    if (name != "encoder.layer.0.attention.self.query.weight") continue;
    CHECK((tensor - (stored + 3 * at::matmul(up, down))).abs().max().item<double>() < 1e-5);
  }
  CHECK(changed == 4);
}

TEST_CASE("training by low-rank changes leaves every other weight without gradient and moves only what is theirs") {
  const TinyEncoder tiny("distilbert");
  const TunedLayers tuned = tiny.tuned({.layers = 1, .rank = 2, .targets = LowRankTargets::kAllLinear});
  CHECK(tuned.trained().size() == 6 * 2);
  loss_of(tuned.run(tiny.states[1], tiny.mask), tiny.mask).backward();
  for (const auto& [name, tensor] : tuned.trained()) {
    const bool up = name.ends_with("lora_B.weight");
    // Behind a zero matrix nothing has a gradient yet; the zero matrix itself does.
    CHECK_MESSAGE((tensor.grad().abs().max().item<double>() > 0) == up, name);
  }
}

TEST_CASE("bf16 products stay near fp32 and their gradients are float32") {
  const TinyEncoder tiny("bert");
  const TunedLayers exact = tiny.tuned({});
  const TunedLayers rounded = tiny.tuned({.precision = Precision::kBFloat16});
  const at::Tensor a = exact.run(tiny.states[0], tiny.mask).back();
  const at::Tensor b = rounded.run(tiny.states[0], tiny.mask).back();
  CHECK((b.scalar_type() == at::kFloat));
  CHECK(tiny.difference(a.detach(), b.detach()) > 0);
  CHECK(tiny.difference(a.detach(), b.detach()) < 0.1);  // bf16 has 8 bits
  (a * direction(a, tiny.mask)).sum().backward();
  (b * direction(b, tiny.mask)).sum().backward();
  for (std::size_t i = 0; i < exact.trained().size(); ++i) {
    const at::Tensor &wanted = exact.trained()[i].second.grad(), &got = rounded.trained()[i].second.grad();
    CHECK((got.scalar_type() == at::kFloat));
    if (exact.trained()[i].first.ends_with("key.bias"))
      continue;  // Its true gradient is zero: softmax does not see it.
    const double cosine = ((wanted * got).sum() / (wanted.norm() * got.norm())).item<double>();
    CHECK_MESSAGE(cosine > 0.98, exact.trained()[i].first);
  }
}

TEST_CASE("too many layers or too high a rank is refused with both numbers") {
  const TinyEncoder tiny("vit");
  CHECK_THROWS_WITH_AS(tiny.tuned({.layers = 3}), doctest::Contains("layers must be from 0 to 2, got 3"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(tiny.tuned({.rank = 25}), doctest::Contains("rank must be at most 24, got 25"), c10::ValueError);
}

TEST_CASE("convolutional networks have no transformer layers") {
  for (const char* name : {"resnet_basic", "efficientnet"}) {
    const ImageTower tower = open_image_tower(tiny_encoder(name));
    CHECK(transformer_layers(*tower.encoder) == nullptr);
  }
}
