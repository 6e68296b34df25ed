// A trained model in use: embeds texts and pictures in the shared space and searches with them.
// This is the object that a service, a Python module or another program holds.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/features/encode_images.h"
#include "tandem/model/embedded_split.h"
#include "tandem/model/embedding_parts.h"
#include "tandem/model/gallery.h"
#include "tandem/model/run_folder.h"
#include "tandem/model/search.h"
#include "tandem/model/stored_correction.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct ModelOptions {
  int threads = 0;                 ///< number of threads that encode texts and pictures; 0: one per core
  c10::Device device = c10::kCPU;  ///< of the encoders; embeddings are always on the CPU
};

/// The bytes of a picture file, and the name that error messages use for it.
struct PictureBytes {
  std::string name;
  std::string_view bytes;
};

/// A model opened from a run: a folder written by `tandem train`, `cca`, `ensemble` or `finetune`.
/// All methods are const and may be called from several threads at once. The first call that needs
/// the encoders of a side opens them; other threads that need them wait. Embeddings do not depend on
/// the number of threads. Beside other inputs of a call, the last bits of one may differ.
class Model {
 public:
  /// Reads the heads and options. Encoders and the correction for hubs are opened when they are
  /// first needed. Throws FileError as open_run does.
  static Model open(const std::filesystem::path& folder, const ModelOptions& options = {});
  ~Model();
  Model(Model&& other) noexcept;
  Model& operator=(Model&& other) noexcept;

  const std::filesystem::path& folder() const;
  const Run& run() const;

  /// The factor on similarities in the loss: the inverse of the temperature.
  double logit_scale() const { return run().logit_scale; }
  /// D, the number of columns of an embedding.
  std::int64_t embedding_width() const { return run().image_heads.embedding_width(); }
  /// Of heads, encoders and poolings: two models with the same one embed alike. Throws FileError if
  /// the file of the heads is no longer there.
  std::string fingerprint() const;
  /// A JSON object that describes the model: data, encoders, width, members and their seeds, logit
  /// scale, temperature, dev recall, correction. Throws FileError as chosen_correction does.
  Json describe() const;

  /// Embeds texts. Returns [N, D] float32, rows of unit length, on the CPU. A text that is longer
  /// than the encoder's limit is cut. `progress` counts texts.
  /// Throws FileError if an encoder is missing or has changed, or if the features were imported and
  /// so there is no encoder; c10::ValueError naming the text that is not UTF-8.
  at::Tensor embed_texts(const std::vector<std::string>& texts, const Progress& progress = {}) const;

  /// Embeds picture files. Returns [N, D] float32, rows of unit length, on the CPU. `progress`
  /// counts pictures.
  /// Throws FileError naming the first picture that cannot be read, and for encoders as embed_texts
  /// does.
  at::Tensor embed_pictures(const std::vector<std::filesystem::path>& files, const Progress& progress = {}) const;

  /// The same for the bytes of picture files, and for decoded pictures. They are not overloads of
  /// embed_pictures, because embed_pictures({"dog.jpg", "cat.jpg"}) would then be ambiguous.
  /// Throw as embed_pictures does; embed_pixels also throws c10::ValueError if a picture is empty
  /// or its pixels are not [height, width, 3].
  at::Tensor embed_picture_bytes(const std::vector<PictureBytes>& pictures, const Progress& progress = {}) const;
  at::Tensor embed_pixels(const std::vector<RgbImage>& pictures, const Progress& progress = {}) const;

  /// The same, but pictures that cannot be read are left out and listed. Throws FileError only for
  /// encoders.
  EmbeddedItems embed_readable(const PictureInput& pictures, const Progress& progress = {}) const;

  /// Embeds stored features. Returns [N, D] float32, rows of unit length.
  ///
  ///   features  [N, F] float32, as `tandem encode` stores them
  ///
  /// Throw c10::ValueError if F is not the width that the heads take.
  at::Tensor embed_image_features(const at::Tensor& features) const;
  at::Tensor embed_text_features(const at::Tensor& features) const;

  /// The folder `features`; if that is empty, the one of the features that the model was trained on.
  /// Throws FileError if those are missing.
  std::filesystem::path features_place(const std::filesystem::path& features = {}) const;

  /// The features in the folder `features`; if that is empty, those that the model was trained on.
  /// Throws FileError if they are missing or damaged, or were made by other encoders.
  FeatureStore open_features(const std::filesystem::path& features = {}) const;

  /// The pictures and captions of one split (split_choice) as stored features.
  /// Throws as open_features and split_pairs do.
  SplitFeatures split(const std::filesystem::path& features, const std::string& split) const;

  /// The same with embeddings. Throws as `split` does.
  EmbeddedSplit embed(const std::filesystem::path& features, const std::string& split) const;

  /// The correction for hubs, as chosen_correction returns it. It is read once and then kept in
  /// memory.
  /// Throws FileError as chosen_correction does.
  std::optional<ChosenCorrection> correction(const std::string& wanted = "run") const;

  /// The `k` candidates of the gallery that are nearest to the query, the best first. Their kind is
  /// that of query.wanted.
  /// Throws FileError if the picture cannot be read or there is no such id; c10::ValueError unless
  /// exactly one of the query's words, picture and id is set, if the words are not UTF-8, or if the
  /// gallery was opened without the wanted side.
  SearchAnswer search(const Gallery& gallery, const SearchQuery& query, std::int64_t k) const;

  /// The encoders, opened. Throws FileError as open_text_sources and open_image_sources do.
  const std::vector<TextSource>& text_encoders() const;
  const std::vector<ImageSource>& image_encoders() const;

 private:
  struct State;
  explicit Model(std::unique_ptr<State> state);
  at::Tensor embed_query(const Gallery& gallery, const SearchQuery& query) const;
  at::Tensor embed_all_readable(const PictureInput& pictures, const Progress& progress) const;

  std::unique_ptr<State> state_;
};

}  // namespace tandem
