// Texts, pictures or stored features -> a file of embeddings with ids, continued after a kill.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/data/caption_set.h"
#include "tandem/model/embedding_file.h"
#include "tandem/model/embedding_parts.h"
#include "tandem/model/model.h"
#include "tandem/parsing/text_lines.h"

namespace tandem {

/// What is to be embedded, and how.
struct EmbeddingItems {
  std::string kind;                     ///< in the plural: "texts", "pictures"
  std::vector<std::string> ids;         ///< each once
  std::vector<std::string> texts = {};  ///< of texts; empty for pictures
  std::string plan;                     ///< fingerprint of all items
  std::int64_t items_per_part = 0;
  EmbedStretch embed;
};

/// Texts; their ids are the numbers of their lines. They are embedded 1,024 at a time, with the bits
/// of Model::embed_texts on those. The model must outlive the result.
EmbeddingItems text_items(const Model& model, TextLines lines);

/// The pictures of a data set by their ids, opened 256 at a time. The model must outlive the result.
EmbeddingItems picture_items(const Model& model, const CaptionSet& data);

/// Stored features of one side: pictures by their ids, or captions by their rows in the store.
///
///   features  made by the model's encoders; empty: those that the model was trained on
///   split     a name that split_choice takes
///   side      SearchKind::kPictures or kCaptions
///
/// Throws FileError as Model::open_features does, if the split holds no picture, or if captions are
/// wanted and there are none.
EmbeddingItems feature_items(const Model& model, const std::filesystem::path& features, const std::string& split,
                             SearchKind side);

struct EmbeddingJobOptions {
  std::filesystem::path out;         ///< as write_embeddings takes it
  at::ScalarType type = at::kFloat;  ///< in the file
  bool overwrite = false;            ///< replace the file, and parts of other work
  bool strict = false;               ///< refuse a picture that cannot be read instead of leaving it out
  Stages stages = {};                ///< embedding is one stage
};

/// OUT.part, where the parts are kept until the file is written.
std::filesystem::path parts_of(const std::filesystem::path& out);

/// Embeds the items and writes the file. Parts that a killed call with the same model and items left
/// are used, so that the file has the same bytes as without the kill.
/// Throws FileError as check_embedding_path and write_embeddings do, if the file or parts of other
/// work exist (without `overwrite`), another process writes there, there is no item, no picture can
/// be read, or under `strict` one cannot.
EmbeddingList embed_to_file(const Model& model, const EmbeddingItems& items, const EmbeddingJobOptions& options);

}  // namespace tandem
