// The correction for hubs that is stored in a run: its settings, chosen on dev, and the banks of
// training queries that it is computed from. doc/file_formats.md lists every field.
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
  std::optional<CorrectionMethod> chosen;  ///< what search and eval use; nullopt if dev was better without
  std::map<CorrectionMethod, FittedCorrection> fitted;
  at::Tensor image_bank;  ///< [B, D] embedded training pictures; float32 in memory, float16 in the file
  at::Tensor text_bank;   ///< [C, D] embedded training captions; the same
};

/// Writes hubness.safetensors and hubness.json into the run's folder. Both appear together.
/// Throws FileError if they cannot be written.
void write_correction(const std::filesystem::path& run_folder, const StoredCorrection& correction);

/// The bank with its values rounded to float16, as the file keeps them. Returns float32 of the same
/// shape.
at::Tensor as_stored(const at::Tensor& bank);

/// A correction ready to be applied.
struct ChosenCorrection {
  CorrectionMethod method = CorrectionMethod::kNnn;
  FittedCorrection fitted;
  at::Tensor image_bank;         ///< [B, D] float32
  at::Tensor text_bank;          ///< [C, D] float32
  std::string fingerprint = {};  ///< of method, settings and banks
};

/// The correction of the run that `wanted` names.
///
///   wanted  "run" (the one chosen on dev), "none", or the name of a method
///
/// Returns nullopt for "none", and for "run" if the run has no correction or dev was better
/// without.
/// Throws FileError if a method is named that the run has no correction for, or if the files are
/// damaged or were fitted to other heads.
std::optional<ChosenCorrection> chosen_correction(const std::filesystem::path& run_folder, const std::string& wanted);

/// One bias per candidate, computed from the run's banks.
///
///   image  [N, D]  rows of unit length; the result is [N]
///   text   [M, D]  rows of unit length; the result is [M]
at::Tensor image_biases(const ChosenCorrection& correction, const at::Tensor& image);
at::Tensor text_biases(const ChosenCorrection& correction, const at::Tensor& text);

/// Embeddings that include the biases, to be passed to retrieval_ranks and similar functions in
/// place of the plain ones. With `transductive` the banks are the queries themselves. A system that
/// answers one query at a time does not have them, so such numbers must be labelled as
/// transductive.
///
///   image  [N, D]  rows of unit length
///   text   [M, D]  rows of unit length
BiasedEmbeddings corrected(const ChosenCorrection& correction, const at::Tensor& image, const at::Tensor& text,
                           bool transductive);

inline constexpr const char* kCorrectionName = "hubness.json";
inline constexpr const char* kBanksName = "hubness.safetensors";

}  // namespace tandem
