#include "tandem/model/embedding_job.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "model/trained_shapes.h"
#include "tandem/base/errors.h"
#include "tandem/base/stop.h"
#include "tandem/readers/data_spec.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/storage/npy_file.h"
#include "tandem/storage/safetensors.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Path = std::filesystem::path;

TextLines many_lines(std::int64_t count) {
  const std::vector<std::string> words = {"red", "blue", "a dog", "a red ball", "running", "the blue dog"};
  TextLines lines;
  for (std::int64_t i = 0; i < count; ++i) {
    lines.texts.push_back(words[i % 6] + " " + words[i / 6 % 6] + " " + words[i / 36 % 6]);
    lines.numbers.push_back(i + 1);
  }
  return lines;
}

/// Stops the work when a given number of items is done.
Stages stopped_after(std::int64_t items) {
  return [items](const std::string&, const std::string&) {
    return [items](std::int64_t done, std::int64_t) {
      if (done > items) throw Stopped();
    };
  };
}

}  // namespace

TEST_CASE("texts are written with the bits of Model::embed_texts, part by part" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const TextLines lines = many_lines(1500);
  const EmbeddingItems items = text_items(model, lines);
  const Path out = shapes / "texts.npy";
  embed_to_file(model, items, {.out = out});
  const at::Tensor first = model.embed_texts({lines.texts.begin(), lines.texts.begin() + 1024});
  const at::Tensor rest = model.embed_texts({lines.texts.begin() + 1024, lines.texts.end()});
  CHECK(at::equal(read_npy(out), at::cat({first, rest})));
  const std::string ids = read_file(shapes / "texts.ids.txt");
  CHECK(ids.starts_with("1\n2\n3\n"));
  CHECK(ids.ends_with("1499\n1500\n"));
  CHECK(!std::filesystem::exists(parts_of(out)));
}

TEST_CASE("work that was stopped goes on to the same bytes" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const EmbeddingItems items = text_items(model, many_lines(2500));
  embed_to_file(model, items, {.out = shapes / "whole.safetensors"});
  const Path out = shapes / "texts.safetensors";
  CHECK_THROWS_AS(embed_to_file(model, items, {.out = out, .stages = stopped_after(1500)}), Stopped);
  CHECK(!std::filesystem::exists(out));
  CHECK(std::filesystem::exists(parts_of(out) / "part-000000.safetensors"));
  CHECK(!std::filesystem::exists(parts_of(out) / "part-000001.safetensors"));

  // Parts of other items are not thrown away unasked.
  CHECK_THROWS_WITH_AS(embed_to_file(model, text_items(model, many_lines(3)), {.out = out}),
                       doctest::Contains("expected parts by the same model of the same items"), FileError);
  embed_to_file(model, items, {.out = out});
  CHECK(read_file(out) == read_file(shapes / "whole.safetensors"));
  CHECK(!std::filesystem::exists(parts_of(out)));
  CHECK_THROWS_WITH_AS(embed_to_file(model, items, {.out = out}), doctest::Contains("--overwrite replaces it"),
                       FileError);

  // A damaged part is made again.
  CHECK_THROWS_AS(embed_to_file(model, items, {.out = out, .overwrite = true, .stages = stopped_after(1500)}), Stopped);
  const Path part = parts_of(out) / "part-000000.safetensors";
  std::string bytes = read_file(part);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file(part, bytes);
  embed_to_file(model, items, {.out = out, .overwrite = true});
  CHECK(read_file(out) == read_file(shapes / "whole.safetensors"));
}

TEST_CASE("every kind of file holds the same rows and ids" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const TextLines lines = many_lines(7);
  const EmbeddingItems items = text_items(model, lines);
  const at::Tensor rows = model.embed_texts(lines.texts);
  for (const at::ScalarType type : {at::kFloat, at::kHalf, at::kBFloat16}) {
    embed_to_file(model, items, {.out = shapes / "texts.safetensors", .type = type, .overwrite = true});
    const SafetensorsFile file = SafetensorsFile::open_checked(shapes / "texts.safetensors");
    CHECK((file.tensor("embeddings").scalar_type() == type));
    CHECK(at::equal(file.tensor("embeddings"), rows.to(type)));
    CHECK(Json::parse(file.metadata().at("ids")) == Json({"1", "2", "3", "4", "5", "6", "7"}));
    CHECK(Json::parse(file.metadata().at("texts")) == Json(lines.texts));
  }
  embed_to_file(model, items, {.out = shapes / "texts.npy", .type = at::kHalf});
  CHECK(at::equal(read_npy(shapes / "texts.npy"), rows.to(at::kHalf)));
  embed_to_file(model, items, {.out = shapes / "texts.jsonl"});
  const std::string text = read_file(shapes / "texts.jsonl");
  std::string_view rest = text;
  for (std::int64_t i = 0; i < 7; ++i) {
    const Json one = Json::parse(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(rest.find('\n') + 1);
    CHECK(one.at("id") == std::to_string(i + 1));
    CHECK(one.at("text") == lines.texts[i]);
    const auto numbers = one.at("embedding").get<std::vector<float>>();
    REQUIRE(static_cast<std::int64_t>(numbers.size()) == rows.size(1));
    for (std::int64_t column = 0; column < rows.size(1); ++column)
      CHECK(numbers[column] == rows[i][column].item<float>());
  }
  CHECK(rest.empty());
}

TEST_CASE("pictures that cannot be read are listed, or refused under strict" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const Path photos = shapes / "photos";
  make_folder(photos);
  for (const Path& file : shapes.files()) write_file(photos / file.filename(), read_file(file));
  write_file(photos / "shape120.jpg", "no picture");
  const EmbeddingItems items = picture_items(model, read_data("pictures:" + photos.string()));
  const EmbeddingList list = embed_to_file(model, items, {.out = shapes / "photos.npy"});
  CHECK(list.ids == std::vector<std::string>{"shape103.jpg", "shape150.jpg", "shape200.jpg", "shape219.jpg"});
  CHECK(at::equal(list.embeddings, model.embed_pictures(shapes.files())));
  REQUIRE(list.skipped.size() == 1);
  CHECK(list.skipped[0].id == "shape120.jpg");
  CHECK_THROWS_WITH_AS(embed_to_file(model, items, {.out = shapes / "strict.npy", .strict = true}),
                       doctest::Contains("shape120.jpg: expected a picture that can be read (--strict)"), FileError);
  CHECK(!std::filesystem::exists(shapes / "strict.npy"));
}

TEST_CASE("stored features are written as the model embeds them" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const EmbeddedSplit split = model.embed({}, "test");
  embed_to_file(model, feature_items(model, {}, "test", SearchKind::kPictures), {.out = shapes / "image.npy"});
  embed_to_file(model, feature_items(model, {}, "test", SearchKind::kCaptions), {.out = shapes / "text.npy"});
  CHECK(at::equal(read_npy(shapes / "image.npy"), split.image));
  CHECK(at::equal(read_npy(shapes / "text.npy"), split.text));
  std::string ids;
  for (const std::int64_t row : split.pairs.image_in_store) ids += split.store.manifest().image_ids[row] + "\n";
  CHECK(read_file(shapes / "image.ids.txt") == ids);
}

TEST_CASE("a place that cannot hold the embeddings is refused before any work") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(check_embedding_path(folder / "a.bin", at::kFloat),
                       doctest::Contains("expected a name that ends in .npy, .safetensors or .jsonl, found \".bin\""),
                       FileError);
  CHECK_THROWS_WITH_AS(check_embedding_path(folder / "none" / "a.npy", at::kFloat),
                       doctest::Contains("expected a folder that exists to write to, found none"), FileError);
  CHECK_THROWS_WITH_AS(check_embedding_path(folder / "a.npy", at::kBFloat16), doctest::Contains("bfloat16"), FileError);
  make_folder(folder / "b.npy");
  CHECK_THROWS_WITH_AS(check_embedding_path(folder / "b.npy", at::kFloat), doctest::Contains("found a folder"),
                       FileError);
  const at::Tensor rows = at::Tensor();
  CHECK_THROWS_AS(write_embeddings(folder / "a.npy", {.embeddings = rows, .ids = {"a"}}, at::kFloat), c10::ValueError);
}
