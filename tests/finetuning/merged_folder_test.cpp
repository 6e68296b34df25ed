#include "tandem/finetuning/merged_folder.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cos.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "finetuning/tuned_encoders.h"
#include "tandem/base/errors.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// The matrices of make_finetuning_reference.py.
void set_by_formula(const TunedLayers& tuned) {
  const c10::NoGradGuard no_gradient;
  for (const auto& [name, tensor] : tuned.trained()) {
    const int layer = name.find("layer.1.") == std::string::npos ? 0 : 1;
    const at::Tensor rows = at::arange(tensor.size(0), at::kDouble).unsqueeze(1);
    const at::Tensor columns = at::arange(tensor.size(1), at::kDouble);
    const bool down = name.ends_with("lora_A.weight");
    at::Tensor(tensor).copy_(down ? 0.1 * at::sin(rows + 2 * columns + layer)
                                  : 0.1 * at::cos(rows + 3 * columns + layer));
  }
}

}  // namespace

TEST_CASE("a merged folder is an encoder that answers as transformers does with the merged weights") {
  const ScratchFolder scratch;
  const TinyEncoder tiny("bert");
  const TunedLayers tuned = tiny.tuned({.rank = 2, .alpha = 6});
  set_by_formula(tuned);
  write_merged_encoder(tiny.text.folder, tiny.text.files, tuned.merged(), scratch / "merged");
  const TextTower merged = open_text_tower(scratch / "merged");
  CHECK(merged.fingerprint != tiny.text.fingerprint);
  const c10::InferenceMode inference;
  const SafetensorsFile batch = SafetensorsFile::open(reference_dir() / "encoders" / "tiny_bert_states.safetensors");
  const at::Tensor expected =
      SafetensorsFile::open(reference_dir() / "finetuning" / "merged_bert.safetensors").tensor("last");
  const at::Tensor last = merged.encoder->hidden_states(batch.tensor("ids"), tiny.mask).back();
  CHECK(tiny.difference(last, expected) < 1e-5);
  CHECK(tiny.difference(last, tiny.states.back()) > 0.01);
  CHECK(tiny.difference(last, tuned.run(tiny.states[0], tiny.mask).back()) < 1e-5);
  CHECK(SafetensorsFile::open(scratch / "merged" / "model.safetensors").metadata().at("format") == "pt");
}

TEST_CASE("a folder in half precision and with a prefix merges to float32, all other tensors and files as they were") {
  const ScratchFolder scratch;
  const TinyEncoder tiny("deit");  // float16, names behind "deit."
  write_merged_encoder(tiny.image.folder, tiny.image.files, tiny.tuned({.layers = 1}).merged(), scratch / "merged");
  const SafetensorsFile before = SafetensorsFile::open(tiny.image.folder / "model.safetensors");
  const SafetensorsFile after = SafetensorsFile::open(scratch / "merged" / "model.safetensors");
  REQUIRE(before.entries().size() == after.entries().size());
  for (const auto& [name, entry] : before.entries()) {
    CHECK_MESSAGE(after.tensor(name).equal(before.tensor(name).to(after.tensor(name).scalar_type())), name);
    CHECK((after.tensor(name).scalar_type() == at::kFloat));
  }
  const ImageTower merged = open_image_tower(scratch / "merged");
  const c10::InferenceMode inference;
  CHECK(tiny.difference(merged.encoder->patch_states(formula_pixels(2, 16, 16)), tiny.states.back()) < 1e-5);
}

TEST_CASE("an adapter has the names and the configuration that PEFT gives them") {
  const ScratchFolder scratch;
  const TinyEncoder tiny("bert");
  const TunedLayers tuned = tiny.tuned({.layers = 1, .rank = 2, .alpha = 4});
  write_adapter(tuned, scratch / "adapter");
  const SafetensorsFile file = SafetensorsFile::open(scratch / "adapter" / "adapter_model.safetensors");
  CHECK(file.entries().size() == 4);
  CHECK(file.has("base_model.model.encoder.layer.1.attention.self.value.lora_B.weight"));
  const Json config = read_json(scratch / "adapter" / "adapter_config.json");
  CHECK(config.at("peft_type") == "LORA");
  CHECK(config.at("r") == 2);
  CHECK(config.at("lora_alpha") == 4);
  CHECK(config.at("target_modules") ==
        Json({"encoder.layer.1.attention.self.query", "encoder.layer.1.attention.self.value"}));
  CHECK_THROWS_WITH_AS(write_adapter(tiny.tuned({.layers = 1}), scratch / "none"),
                       doctest::Contains("layers trained by LoRA were needed"), c10::ValueError);
}

TEST_CASE("weights that are none of the encoder's are refused by name") {
  const ScratchFolder scratch;
  const TinyEncoder tiny("bert");
  CHECK_THROWS_WITH_AS(
      write_merged_encoder(tiny.text.folder, tiny.text.files, {{"other.weight", at::ones({2})}}, scratch / "merged"),
      doctest::Contains("expected a tensor \"other.weight\", found none of that name"), FileError);
  CHECK(!std::filesystem::exists(scratch / "merged"));
}
