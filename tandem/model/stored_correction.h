// The correction for hubs that a run carries: settings chosen on dev and the banks of training
// queries it is computed from. doc/file_formats.md has every field.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "tandem/retrieval/hub_correction.h"

namespace tandem {

/// One method's settings for either kind of bank.
struct FittedCorrection {
  CorrectionPair inductive;     ///< chosen with banks of training queries
  CorrectionPair transductive;  ///< chosen with the split's own queries as banks
};

struct StoredCorrection {
  std::optional<CorrectionMethod> chosen;  ///< what search and eval use; nothing if dev was better without
  std::map<CorrectionMethod, FittedCorrection> fitted;
  at::Tensor image_bank;  ///< [B, D] embedded training pictures, float32 here, float16 in the file
  at::Tensor text_bank;   ///< [C, D] embedded training captions
};

/// Writes hubness.safetensors and hubness.json into the run's folder, both at once.
void write_correction(const std::filesystem::path& run_folder, const StoredCorrection& correction);

/// What write_correction would make of the banks: their values as the file keeps them.
at::Tensor as_stored(const at::Tensor& bank);

/// What a command is to apply.
struct ChosenCorrection {
  CorrectionMethod method = CorrectionMethod::kNnn;
  FittedCorrection fitted;
  at::Tensor image_bank;
  at::Tensor text_bank;
};

/// `wanted`: "run", "none" or the name of a method. Nothing for "none", and for "run" where the run has no
/// correction or dev was better without.
/// Throws FileError if a method is named and the run has no correction, or its files are damaged or
/// were fitted to other heads.
std::optional<ChosenCorrection> chosen_correction(const std::filesystem::path& run_folder, const std::string& wanted);

/// Biases of candidates by the run's own banks.
at::Tensor image_biases(const ChosenCorrection& correction, const at::Tensor& image);
at::Tensor text_biases(const ChosenCorrection& correction, const at::Tensor& text);

/// Embeddings to hand to retrieval_ranks and the like in place of the plain ones. With
/// `transductive` the banks are the queries themselves, which a system that answers one query at a
/// time does not have: numbers to be labelled so.
BiasedEmbeddings corrected(const ChosenCorrection& correction, const at::Tensor& image, const at::Tensor& text,
                           bool transductive);

inline constexpr const char* kCorrectionName = "hubness.json";
inline constexpr const char* kBanksName = "hubness.safetensors";

}  // namespace tandem
