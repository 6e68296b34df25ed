#include "tandem/evaluation/rankings.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <map>

#include "tandem/base/errors.h"
#include "tandem/base/printable.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/readers/coco_ids.h"
#include "tandem/retrieval/top_k.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

using RowList = std::vector<std::int64_t>;

constexpr std::int64_t kQueriesOfBlock = 256;

/// What the files call pictures and captions, distractors last.
struct Names {
  std::vector<std::string> pictures, captions;
};

RowList pictures_of_captions(const RetrievalInput& input) {
  const auto partner = input.image_of_text.accessor<std::int64_t, 1>();
  RowList pictures(partner.data(), partner.data() + partner.size(0));
  const auto before = static_cast<std::int64_t>(input.ids.size());
  for (const std::int64_t row : input.other_names.image_of_text) pictures.push_back(before + row);
  return pictures;
}

std::vector<std::string> all_ids(const RetrievalInput& input) {
  std::vector<std::string> ids = input.ids;
  ids.insert(ids.end(), input.other_names.ids.begin(), input.other_names.ids.end());
  return ids;
}

Names names_by_id(const RetrievalInput& input) {
  Names names;
  for (const std::string& id : all_ids(input)) names.pictures.push_back(word_of_id(id));
  RowList captions(names.pictures.size(), 0);
  for (const std::int64_t picture : pictures_of_captions(input))
    names.captions.push_back(names.pictures[picture] + "#" + std::to_string(captions[picture]++));
  return names;
}

/// Equal captions of a picture take its annotations' ids in ascending order.
Names names_by_coco(const RetrievalInput& input, const std::filesystem::path& file) {
  TORCH_CHECK_VALUE(
      !input.captions.empty(),
      "eval: --rankings-format eccv_caption needs to know the captions, got embeddings without --captions");
  const CocoIds coco = read_coco_ids(file);
  Names names;
  RowList numbers;
  for (const std::string& id : all_ids(input)) {
    const std::optional<std::int64_t> number = coco_picture_number(id);
    if (!number || !coco.pictures.contains(*number))
      throw FileError(file, "every picture that is measured, as eccv_caption needs COCO's ids",
                      "none for " + printable(id));
    numbers.push_back(*number);
    names.pictures.push_back(std::to_string(*number));
  }
  std::vector<std::string> captions = input.captions;
  captions.insert(captions.end(), input.other_names.captions.begin(), input.other_names.captions.end());
  const RowList pictures = pictures_of_captions(input);
  std::map<std::pair<std::int64_t, std::string>, std::size_t> used;
  for (std::size_t j = 0; j < captions.size(); ++j) {
    const std::pair<std::int64_t, std::string> key{numbers[pictures[j]], clean_caption(captions[j])};
    const auto found = coco.captions.find(key);
    const std::size_t place = used[key]++;
    if (found == coco.captions.end() || place >= found->second.size())
      throw FileError(file, "every caption that is measured, as eccv_caption needs COCO's ids",
                      "none for \"" + printable(captions[j]) + "\" of picture " + names.pictures[pictures[j]]);
    names.captions.push_back(std::to_string(found->second[place]));
  }
  return names;
}

/// One gallery of the protocol: embeddings of its queries and candidates, and which rows they are.
struct RankedGallery {
  at::Tensor image, text, all_images, all_texts;
  RowList picture_rows, caption_rows;  ///< of Names, for every candidate
  RightAnswers right;
};

std::int64_t rows_in(const at::Tensor& rows) { return rows.defined() ? rows.size(0) : 0; }

at::Tensor with_others(const at::Tensor& rows, const at::Tensor& others) {
  return rows_in(others) > 0 ? at::cat({rows, others}) : rows;
}

RankedGallery ranked_gallery_of(std::int64_t number, const RetrievalInput& input, const RetrievalEvaluation& evaluation,
                                const at::Tensor& image, const at::Tensor& text) {
  const RetrievalResult& result = evaluation.result;
  const std::int64_t size = result.images / result.galleries, begin = number * size;
  RowList pictures, captions, partners;
  SameCaptions same;
  for (std::int64_t i = begin; i < begin + size; ++i) pictures.push_back(i);
  for (std::size_t q = 0; q < result.image_of_query.size(); ++q) {
    const std::int64_t picture = result.image_of_query[q] - begin;
    if (picture < 0 || picture >= size) continue;
    captions.push_back(result.text_rows[q]);
    partners.push_back(picture);
    if (evaluation.rule.by_caption) same.of_text.push_back(evaluation.rule.same.of_text[result.text_rows[q]]);
  }
  if (evaluation.rule.by_caption) {
    same.of_other = evaluation.rule.same.of_other;
    same.image_of_other = evaluation.rule.same.image_of_other;
  }
  const at::Tensor own_images = image.narrow(0, begin, size);
  const at::Tensor own_texts = text.index_select(0, at::tensor(captions, at::kLong));
  for (std::int64_t i = 0; i < rows_in(input.others.image); ++i) pictures.push_back(image.size(0) + i);
  for (std::int64_t j = 0; j < rows_in(input.others.text); ++j) captions.push_back(text.size(0) + j);
  return {.image = own_images,
          .text = own_texts,
          .all_images = with_others(own_images, input.others.image),
          .all_texts = with_others(own_texts, input.others.text),
          .picture_rows = std::move(pictures),
          .caption_rows = std::move(captions),
          .right = RightAnswers(at::tensor(partners, at::kLong), size, rows_in(input.others.image), same)};
}

/// One direction of a gallery.
struct Direction {
  const at::Tensor& query;
  const at::Tensor& candidates;
  std::function<std::string(std::int64_t)> query_name, candidate_name;
  std::function<RowList(std::int64_t)> right_of;
};

void write_lists(const Direction& way, std::int64_t depth, RankingFiles& files,
                 const std::function<void(std::int64_t)>& wrote) {
  for (std::int64_t begin = 0; begin < way.query.size(0); begin += kQueriesOfBlock) {
    const std::int64_t size = std::min(kQueriesOfBlock, way.query.size(0) - begin);
    const Nearest nearest = top_k(way.query.narrow(0, begin, size), way.candidates, depth);
    const auto rows = nearest.row.accessor<std::int64_t, 2>();
    const auto similarity = nearest.similarity.accessor<float, 2>();
    for (std::int64_t q = 0; q < size; ++q) {
      RankedList list{.query = way.query_name(begin + q), .candidates = {}, .scores = {}, .right = {}};
      for (std::int64_t place = 0; place < rows.size(1); ++place) {
        list.candidates.push_back(way.candidate_name(rows[q][place]));
        list.scores.push_back(similarity[q][place]);
      }
      const RowList right = way.right_of(begin + q);
      for (const std::int64_t row : right) list.right.push_back(way.candidate_name(row));
      files.add(list);
    }
    wrote(size);
  }
}

}  // namespace

void write_rankings(const std::filesystem::path& folder, const RetrievalInput& input,
                    const RetrievalEvaluation& evaluation, const at::Tensor& image, const at::Tensor& text,
                    const RankingsOptions& options, const Stages& stages) {
  TORCH_CHECK_VALUE(static_cast<std::int64_t>(input.other_names.ids.size()) == rows_in(input.others.image) &&
                        static_cast<std::int64_t>(input.other_names.captions.size()) == rows_in(input.others.text),
                    "eval: --rankings needs an id for every candidate, and rows of --more-image-embeddings and "
                    "--more-text-embeddings have none");
  const bool by_coco = options.format == RankingsFormat::kEccvCaption;
  const Names names = by_coco ? names_by_coco(input, options.coco_captions) : names_by_id(input);
  make_folder(folder);
  StagedFiles staged;
  const auto open = [&](const char* direction) {
    return open_ranking_files(
        options.format, folder,
        {.direction = direction, .tag = options.tag, .split = input.run.folder.empty() ? "test" : input.run.split},
        staged);
  };
  const std::unique_ptr<RankingFiles> to_text = open("image_to_text"), to_image = open("text_to_image");
  const Progress progress = begin_stage(stages, "writing rankings", "queries");
  std::int64_t written = 0;
  const auto wrote = [&](std::int64_t queries) {
    written += queries;
    if (progress) progress(written, evaluation.result.images + evaluation.result.captions);
  };
  for (std::int64_t number = 0; number < evaluation.result.galleries; ++number) {
    const RankedGallery gallery = ranked_gallery_of(number, input, evaluation, image, text);
    const auto picture = [&](std::int64_t row) { return names.pictures[gallery.picture_rows[row]]; };
    const auto caption = [&](std::int64_t row) { return names.captions[gallery.caption_rows[row]]; };
    write_lists({.query = gallery.image,
                 .candidates = gallery.all_texts,
                 .query_name = picture,
                 .candidate_name = caption,
                 .right_of = [&](std::int64_t row) { return gallery.right.texts_of(row); }},
                options.depth, *to_text, wrote);
    write_lists({.query = gallery.text,
                 .candidates = gallery.all_images,
                 .query_name = caption,
                 .candidate_name = picture,
                 .right_of = [&](std::int64_t row) { return gallery.right.images_of(row); }},
                options.depth, *to_image, wrote);
  }
  to_text->finish();
  to_image->finish();
  staged.commit();
}

}  // namespace tandem
