// A trained model in use: texts and pictures to vectors of the shared space, and search with them.
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
#include "tandem/model/run_folder.h"
#include "tandem/model/search.h"
#include "tandem/model/stored_correction.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct ModelOptions {
  int threads = 0;                 ///< that encode texts and pictures; 0: one per core
  c10::Device device = c10::kCPU;  ///< of the encoders; embeddings come back to the CPU
};

/// A picture file's bytes and what error sentences call it.
struct PictureBytes {
  std::string name;
  std::string_view bytes;
};

/// Embeddings of pictures of which some may be unreadable.
struct EmbeddedPictures {
  at::Tensor embeddings;                    ///< [n, D] float32, rows of unit length, in order
  std::vector<std::int64_t> rows;           ///< [n] which picture each row is
  std::vector<UnreadableImage> unreadable;  ///< the others, in order
};

/// Opened from the folder that `tandem train` and its relatives write. All methods are const and may
/// be called from several threads at once; the first call that needs an encoder opens it while the
/// others wait. Rows of embeddings do not depend on the number of threads or on what else is
/// embedded beside them.
class Model {
 public:
  /// Reads the heads and options; encoders and the correction for hubs are opened when they are
  /// first needed. Throws FileError as open_run does.
  static Model open(const std::filesystem::path& folder, const ModelOptions& options = {});
  ~Model();
  Model(Model&& other) noexcept;
  Model& operator=(Model&& other) noexcept;

  const std::filesystem::path& folder() const;
  const Run& run() const;

  /// The inverse of the temperature that similarities are multiplied by in the loss.
  double logit_scale() const { return run().logit_scale; }
  /// D, the columns of an embedding.
  std::int64_t embedding_width() const { return run().image_heads.embedding_width(); }
  /// What the model is: data, encoders, width, how it came about, temperature, dev recall, correction.
  Json describe() const;

  /// Embeds texts. Returns [N, D] float32, rows of unit length, on the CPU; texts longer than an
  /// encoder takes are cut. `progress` counts texts.
  /// Throws FileError if an encoder is gone, changed, or was never there (imported features), and
  /// c10::ValueError naming the text that is not UTF-8.
  at::Tensor embed_texts(const std::vector<std::string>& texts, const Progress& progress = {}) const;

  /// Embeds picture files. Returns [N, D] float32, rows of unit length, on the CPU. `progress` counts
  /// pictures.
  /// Throws FileError naming the first picture that cannot be read, and as embed_texts.
  at::Tensor embed_pictures(const std::vector<std::filesystem::path>& files, const Progress& progress = {}) const;

  /// The same for the bytes of picture files, and for decoded pictures. They have names of their own
  /// so that embed_pictures({"dog.jpg", "cat.jpg"}) means one thing.
  /// embed_pixels throws c10::ValueError if a picture is empty or its pixels are not [height, width, 3].
  at::Tensor embed_picture_bytes(const std::vector<PictureBytes>& pictures, const Progress& progress = {}) const;
  at::Tensor embed_pixels(const std::vector<RgbImage>& pictures, const Progress& progress = {}) const;

  /// The same, but unreadable pictures are left out and reported.
  EmbeddedPictures embed_readable(const PictureInput& pictures, const Progress& progress = {}) const;

  /// Embeds stored features. Throws c10::ValueError if they are not as wide as the heads take.
  ///
  ///   features  [N, F] float32, as `tandem encode` stores them
  at::Tensor embed_image_features(const at::Tensor& features) const;
  at::Tensor embed_text_features(const at::Tensor& features) const;

  /// The features that the model was trained on, or those in `features` if it is not empty.
  /// Throws FileError if they are gone, or were made by other encoders.
  FeatureStore open_features(const std::filesystem::path& features = {}) const;

  /// The pictures and captions of one split (split_choice), as they are stored.
  /// Throws as open_features and split_pairs do.
  SplitFeatures split(const std::filesystem::path& features, const std::string& split) const;

  /// The same, embedded.
  EmbeddedSplit embed(const std::filesystem::path& features, const std::string& split) const;

  /// The correction for hubs, as chosen_correction returns it.
  std::optional<ChosenCorrection> correction(const std::string& wanted = "run") const;

  /// The `k` candidates of the gallery nearest to the query; pictures for words, captions for a
  /// picture. Throws FileError if the picture cannot be read or the gallery has no such id;
  /// c10::ValueError if the query is empty or not UTF-8.
  SearchAnswer search(const EmbeddedSplit& gallery, const SearchQuery& query, std::int64_t k,
                      const std::string& wanted_correction = "run") const;

  /// The encoders, opened. Throws FileError as open_text_sources and open_image_sources do.
  const std::vector<TextSource>& text_encoders() const;
  const std::vector<ImageSource>& image_encoders() const;

 private:
  struct State;
  explicit Model(std::unique_ptr<State> state);
  at::Tensor embed_all_readable(const PictureInput& pictures, const Progress& progress) const;

  std::unique_ptr<State> state_;
};

}  // namespace tandem
