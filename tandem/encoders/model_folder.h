// A Hugging Face folder (config.json, model.safetensors, tokenizer or preprocessor files) -> a
// tower ready to use. The one table of model types tandem knows is in model_folder.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tandem/encoders/encoder.h"
#include "tandem/encoders/image_encoder.h"
#include "tandem/encoders/image_prep.h"
#include "tandem/nn/precision.h"
#include "tandem/tokenizers/tokenizer.h"

namespace tandem {

/// A frozen text encoder with the tokenizer it was trained with.
struct TextTower {
  std::unique_ptr<const TextEncoder> encoder;
  std::unique_ptr<const Tokenizer> tokenizer;
  std::int64_t max_tokens =
      0;                    ///< of a text: what the encoder takes, or less where a file cuts it sooner (max_seq_length)
  std::string model_type;   ///< as config.json names it: "bert"
  std::string fingerprint;  ///< checksum over names and bytes of `files`, the precision if it is not fp32, and how they
                            ///< are read
  Compute compute;
  std::filesystem::path folder;    ///< as it was given
  std::vector<std::string> files;  ///< relative to `folder`: a copy of these makes the tower again
  std::vector<std::string> rules;  ///< how files are read that earlier versions read otherwise; part of the fingerprint
};

/// A frozen image encoder with the preparation it was trained with.
struct ImageTower {
  std::unique_ptr<const ImageEncoder> encoder;
  ImagePrep prep;
  std::string model_type;   ///< "efficientnet_lite"
  std::string fingerprint;  ///< checksum over names and bytes of `files`, the precision if it is not fp32, and how they
                            ///< are read
  Compute compute;
  std::filesystem::path folder;    ///< as it was given
  std::vector<std::string> files;  ///< relative to `folder`: a copy of these makes the tower again
  std::vector<std::string> rules;  ///< how files are read that earlier versions read otherwise; part of the fingerprint
};

/// Reads config.json, model.safetensors (or model.safetensors.index.json and the files it names)
/// and tokenizer.json (or the vocabulary's files, with tokenizer_config.json where it is there).
/// Costs one pass over the weights. `compute` is what the network computes with: its tensors come
/// and go on that device, its answers are float32 always. Throws FileError, in one sentence, if the
/// folder or one of its files is missing, the model_type is unknown or an image encoder's, a weight
/// is missing or of another shape, or only a pickle is there.
TextTower open_text_tower(const std::filesystem::path& folder, Compute compute = {});

/// Reads config.json, model.safetensors and preprocessor_config.json; otherwise as open_text_tower.
/// Also throws FileError if the preparation gives pictures of a size the encoder does not take, or
/// of no fixed size.
ImageTower open_image_tower(const std::filesystem::path& folder, Compute compute = {});

/// The sides tandem opens a folder's model_type for.
struct ModelKind {
  bool text = false;
  bool image = false;
};

/// Looks at config.json and at which weight files there are. Throws FileError as the functions
/// above do.
ModelKind model_kind(const std::filesystem::path& folder);

}  // namespace tandem
