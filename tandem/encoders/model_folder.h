// A Hugging Face folder (config.json, model.safetensors, tokenizer or preprocessor files) -> a
// tower ready to use. The only table of the model types that tandem knows is in model_folder.cpp.
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
  std::int64_t max_tokens = 0;  ///< of a text: the encoder's limit, or less if a file sets a lower one (max_seq_length)
  std::string model_type;       ///< as in config.json: "bert"
  std::string fingerprint;  ///< checksum over names and bytes of `files`, the precision if it is not fp32, and `rules`
  Compute compute;
  std::filesystem::path folder;    ///< as given by the caller
  std::vector<std::string> files;  ///< relative to `folder`: a copy of these is enough to make the tower
  std::vector<std::string> rules;  ///< where files are read differently from earlier versions; in the fingerprint
};

/// A frozen image encoder with the preparation it was trained with.
struct ImageTower {
  std::unique_ptr<const ImageEncoder> encoder;
  ImagePrep prep;
  std::string model_type;   ///< "efficientnet_lite"
  std::string fingerprint;  ///< checksum over names and bytes of `files`, the precision if it is not fp32, and `rules`
  Compute compute;
  std::filesystem::path folder;    ///< as given by the caller
  std::vector<std::string> files;  ///< relative to `folder`: a copy of these is enough to make the tower
  std::vector<std::string> rules;  ///< where files are read differently from earlier versions; in the fingerprint
};

/// Reads config.json, model.safetensors (or model.safetensors.index.json and the files it names)
/// and tokenizer.json (or the vocabulary's files, with tokenizer_config.json if it exists). Costs
/// one pass over the weights. The network computes with the precision and on the device of
/// `compute`; results are always float32.
/// Throws FileError, in one sentence, if the folder or one of its files is missing, the model_type
/// is unknown or an image encoder's, a weight is missing or has another shape, or there is only a
/// pickle.
TextTower open_text_tower(const std::filesystem::path& folder, Compute compute = {});

/// Reads config.json, model.safetensors and preprocessor_config.json; otherwise as open_text_tower.
/// Throws FileError also if the prepared pictures have a size that the encoder does not accept, or
/// no fixed size.
ImageTower open_image_tower(const std::filesystem::path& folder, Compute compute = {});

/// The sides for which tandem can open a folder's model_type.
struct ModelKind {
  bool text = false;
  bool image = false;
};

/// Reads config.json and checks which weight files exist. Throws FileError as the functions above
/// do.
ModelKind model_kind(const std::filesystem::path& folder);

}  // namespace tandem
