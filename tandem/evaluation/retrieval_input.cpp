#include "tandem/evaluation/retrieval_input.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <array>

#include "tandem/base/errors.h"
#include "tandem/base/joined_text.h"
#include "tandem/base/number_text.h"
#include "tandem/data/split_choice.h"
#include "tandem/features/caption_pictures.h"
#include "tandem/features/feature_files.h"
#include "tandem/model/model.h"

namespace tandem {
namespace {

/// The splits that are searched besides the one that is asked for.
std::vector<Split> other_splits(const RunOptions& options, const FeatureStore& store) {
  std::vector<Split> others;
  const auto add = [&](Split split) {
    if (split_name(split) != options.split && std::find(others.begin(), others.end(), split) == others.end())
      others.push_back(split);
  };
  for (const std::string& name : options.gallery_splits) {
    if (name == "all") {
      for (const Split split : {Split::kTrain, Split::kDev, Split::kTest, Split::kNone}) {
        if (has_split(store, split)) add(split);
      }
      continue;
    }
    const std::optional<Split> split = split_named(name);
    TORCH_CHECK_VALUE(split.has_value(), "--gallery-split must be of ", kSplitHelp, ", got \"", name, "\"");
    add(*split);
  }
  return others;
}

void add_names(OtherNames& names, const PairedFeatures& more, const FeatureManifest& manifest) {
  const auto before = static_cast<std::int64_t>(names.ids.size());
  const auto partner = more.image_of_text.accessor<std::int64_t, 1>();
  for (const std::int64_t row : more.image_in_store) names.ids.push_back(manifest.image_ids[row]);
  for (const std::int64_t row : more.text_in_store) names.captions.push_back(manifest.captions[row]);
  for (std::int64_t j = 0; j < partner.size(0); ++j) names.image_of_text.push_back(before + partner[j]);
}

void add_gallery(RetrievalInput& input, const RunOptions& options) {
  TORCH_CHECK_VALUE(options.split != "all" || options.gallery_splits.empty(),
                    "--gallery-split was to name more than --split, which is all already");
  const EmbeddedSplit& embedded = *input.embedded;
  std::vector<at::Tensor> images, texts;
  std::vector<std::string> names;
  for (const Split split : other_splits(options, embedded.store)) {
    const PairedFeatures more = select_split(embedded.store, split);
    images.push_back(embed_all(embedded.run.image_heads, more.image));
    texts.push_back(embed_all(embedded.run.text_heads, more.text));
    names.emplace_back(split_name(split));
    add_names(input.other_names, more, embedded.store.manifest());
  }
  if (images.empty()) return;
  input.others = {.image = at::cat(images), .text = at::cat(texts)};
  input.gallery = "pictures and captions of " + joined_text(names, ", ") + " are candidates too";
}

/// "0.98 to 1.31"; divides the rows by their lengths.
std::string normalise(at::Tensor& rows, const std::vector<std::string>& files) {
  const at::Tensor lengths = at::linalg_vector_norm(rows, 2, {1}, /*keepdim=*/true);
  const at::Tensor zero = (lengths == 0).nonzero();
  if (zero.size(0) > 0)
    throw FileError(joined_text(files, ", "), "rows with a direction",
                    "row " + std::to_string(zero[0][0].item<std::int64_t>()) + " all zero");
  if (const at::Tensor bad = at::isfinite(lengths).logical_not().nonzero(); bad.size(0) > 0) {
    throw FileError(joined_text(files, ", "), "rows whose length is a float32",
                    "row " + std::to_string(bad[0][0].item<std::int64_t>()) + " too long");
  }
  const std::string range =
      decimal(lengths.min().item<double>(), 3) + " to " + decimal(lengths.max().item<double>(), 3);
  rows = rows / lengths;
  return range;
}

at::Tensor read_rows(const std::vector<std::string>& files, std::int64_t width, const std::string& beside,
                     std::string& lengths) {
  at::Tensor rows = read_feature_rows(files);
  if (width > 0 && rows.size(1) != width) {
    throw FileError(joined_text(files, ", "), std::to_string(width) + " columns, as " + beside + " has",
                    std::to_string(rows.size(1)));
  }
  lengths = normalise(rows, files);
  return rows;
}

/// What tells the pairs, for messages.
std::string source_of_pairs(const EmbeddingFiles& files, const std::vector<std::string>& named) {
  if (!files.image_of_text.empty()) return files.image_of_text;
  return named.empty() ? joined_text(files.text, ", ") : files.captions;
}

std::vector<std::int64_t> pairs_of(const EmbeddingFiles& files, const RetrievalInput& input,
                                   const std::vector<std::string>& named) {
  const std::int64_t images = input.image.size(0);
  const std::int64_t texts = input.text.size(0);
  const std::string source = source_of_pairs(files, named);
  std::vector<std::int64_t> pairs;
  if (!files.image_of_text.empty()) {
    pairs = read_row_numbers(files.image_of_text);
  } else if (!named.empty()) {
    pairs = rows_of(named, input.ids, files.captions);
  } else {
    if (images != texts)
      throw FileError(source, "as many rows as pictures (" + std::to_string(images) + "), or --image-of-text",
                      std::to_string(texts));
    for (std::int64_t i = 0; i < images; ++i) pairs.push_back(i);
  }
  if (static_cast<std::int64_t>(pairs.size()) != texts)
    throw FileError(source, "the picture of each of the " + std::to_string(texts) + " captions",
                    std::to_string(pairs.size()));
  std::vector<bool> captioned(images, false);
  for (std::size_t j = 0; j < pairs.size(); ++j) {
    if (pairs[j] < 0 || pairs[j] >= images) {
      throw FileError(source, "pictures 0 to " + std::to_string(images - 1),
                      std::to_string(pairs[j]) + " for caption " + std::to_string(j));
    }
    captioned[pairs[j]] = true;
  }
  const auto without = std::find(captioned.begin(), captioned.end(), false);
  if (without != captioned.end())
    throw FileError(source, "a caption for every picture",
                    "none for picture " + input.ids[without - captioned.begin()]);
  return pairs;
}

void read_names(RetrievalInput& input, const EmbeddingFiles& files, std::vector<std::string>& named) {
  const auto images = static_cast<std::size_t>(input.image.size(0));
  const auto texts = static_cast<std::size_t>(input.text.size(0));
  if (!files.ids.empty()) {
    input.ids = read_ids(files.ids);
    if (input.ids.size() != images)
      throw FileError(files.ids, std::to_string(images) + " ids, one per row of pictures",
                      std::to_string(input.ids.size()));
  } else {
    for (std::size_t i = 0; i < images; ++i) input.ids.push_back(std::to_string(i));
  }
  if (files.captions.empty()) return;
  ImportedCaptions read = read_captions(files.captions);
  input.captions = std::move(read.captions);
  if (input.captions.size() != texts)
    throw FileError(files.captions, std::to_string(texts) + " captions, one per row",
                    std::to_string(input.captions.size()));
  named = std::move(read.image_ids);
}

}  // namespace

RetrievalInput read_run_input(const RunOptions& options) {
  RetrievalInput input{.run = options};
  input.embedded = Model::open(options.folder).embed(options.features, options.split);
  const EmbeddedSplit& embedded = *input.embedded;
  const FeatureManifest& manifest = embedded.store.manifest();
  input.title = manifest.data_name + ", split " + options.split;
  input.lengths = "the heads' rows are of unit length";
  input.image = embedded.image;
  input.text = embedded.text;
  input.image_of_text = embedded.pairs.image_of_text;
  for (const std::int64_t row : embedded.pairs.image_in_store) input.ids.push_back(manifest.image_ids[row]);
  for (const std::int64_t row : embedded.pairs.text_in_store) input.captions.push_back(manifest.captions[row]);
  if (!options.gallery_splits.empty()) add_gallery(input, options);
  return input;
}

RetrievalInput read_embeddings(const EmbeddingFiles& files) {
  RetrievalInput input;
  std::array<std::string, 4> lengths;
  input.title = joined_text(files.image, ", ") + " and " + joined_text(files.text, ", ");
  input.image = read_rows(files.image, 0, "", lengths[0]);
  const std::int64_t width = input.image.size(1);
  const std::string beside = joined_text(files.image, ", ");
  input.text = read_rows(files.text, width, beside, lengths[1]);
  if (!files.more_images.empty()) input.others.image = read_rows(files.more_images, width, beside, lengths[2]);
  if (!files.more_texts.empty()) input.others.text = read_rows(files.more_texts, width, beside, lengths[3]);
  if (!files.more_images.empty() || !files.more_texts.empty())
    input.gallery = "the rows of " + joined_text(files.more_images, ", ") +
                    (files.more_images.empty() || files.more_texts.empty() ? "" : ", ") +
                    joined_text(files.more_texts, ", ") + " are candidates too";
  input.lengths = "rows were divided by their lengths (pictures " + lengths[0] + ", captions " + lengths[1] +
                  "), so similarity is the cosine";
  std::vector<std::string> named;
  read_names(input, files, named);
  input.image_of_text = at::tensor(pairs_of(files, input, named), at::kLong);
  return input;
}

}  // namespace tandem
