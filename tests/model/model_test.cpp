#include "tandem/model/model.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <thread>

#include "model/trained_shapes.h"
#include "tandem/base/errors.h"
#include "tandem/features/encode_texts.h"
#include "tandem/images/image_file.h"
#include "tandem/retrieval/top_k.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

const std::vector<std::string> kTexts = {"a red ball", "blue", "a dog, running.", ""};

}  // namespace

TEST_CASE("files, their bytes and decoded pictures are embedded to the same rows of unit length" *
          doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const at::Tensor rows = model.embed_pictures(shapes.files());
  REQUIRE(rows.sizes() == at::IntArrayRef({4, model.embedding_width()}));
  CHECK(at::allclose(rows.square().sum(1), at::ones({4}), 1e-5));
  std::vector<std::string> contents;
  std::vector<PictureBytes> bytes;
  std::vector<RgbImage> pixels;
  for (const auto& file : shapes.files()) contents.push_back(read_file(file));
  for (std::size_t i = 0; i < contents.size(); ++i) {
    bytes.push_back({.name = "upload " + std::to_string(i), .bytes = contents[i]});
    pixels.push_back(decode_image(contents[i], "a picture"));
  }
  CHECK(at::equal(model.embed_picture_bytes(bytes), rows));
  CHECK(at::equal(model.embed_pixels(pixels), rows));
  // Matrix products of another height may round the last bits otherwise.
  CHECK(at::allclose(model.embed_pictures({shapes.files()[2]}), rows.narrow(0, 2, 1), 0, 1e-5));
  CHECK(model.embed_pictures({}).size(0) == 0);
}

TEST_CASE("texts and stored features are embedded to the same rows as by encoders and heads apart" *
          doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const at::Tensor encoded = encode_texts(model.text_encoders(), kTexts, 1);
  const at::Tensor rows = model.embed_texts(kTexts);
  REQUIRE(rows.sizes() == at::IntArrayRef({4, model.embedding_width()}));
  CHECK(at::equal(rows, model.embed_text_features(encoded)));
  CHECK(at::equal(rows, embed_all(open_run(shapes.run()).text_heads, encoded)));
  CHECK(model.logit_scale() == open_run(shapes.run()).logit_scale);

  const EmbeddedSplit gallery = model.embed({}, "all");
  std::vector<std::filesystem::path> files;
  for (const std::int64_t row : gallery.pairs.image_in_store)
    files.push_back(gallery.store.manifest().pictures[row].file);
  CHECK(at::allclose(model.embed_pictures(files), gallery.image, 1e-4, 1e-5));
  CHECK_THROWS_AS(model.embed_text_features(at::ones({2, 1})), c10::ValueError);
}

TEST_CASE("threads that embed at once get the rows that one thread gets alone" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model alone = shapes.open();
  const at::Tensor pictures = alone.embed_pictures(shapes.files());
  const at::Tensor texts = alone.embed_texts(kTexts);
  const Model shared = shapes.open(2);  // its encoders are not open yet
  std::vector<int> right(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < right.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) {
        right[i] += at::equal(shared.embed_pictures(shapes.files()), pictures) ? 1 : 0;
        right[i] += at::equal(shared.embed_texts(kTexts), texts) ? 1 : 0;
        right[i] += shared.describe() == alone.describe() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : right) CHECK(count == 15);
}

TEST_CASE("a picture that cannot be read is named, and left out where that is asked for" *
          doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  write_file(shapes / "torn.jpg", read_file(shapes.files()[0]).substr(0, 300));
  std::vector<std::filesystem::path> files = shapes.files();
  files.insert(files.begin() + 1, shapes / "torn.jpg");
  CHECK_THROWS_WITH_AS(model.embed_pictures(files),
                       doctest::Contains("torn.jpg: expected a picture that can be read: expected"), FileError);
  const auto two_names = [&] { return model.embed_pictures({"dog.jpg", "cat.jpg"}); };  // as the README has it
  CHECK_THROWS_WITH_AS(two_names(), doctest::Contains("dog.jpg: expected a picture that can be read: expected"),
                       FileError);
  const PictureBytes upload{.name = "upload 7", .bytes = "no picture"};
  CHECK_THROWS_WITH_AS(model.embed_picture_bytes({upload}),
                       doctest::Contains("upload 7: expected a picture that can be read: expected"), FileError);
  const RgbImage misshapen{.height = 2, .width = 2, .pixels = {1, 2, 3}};
  CHECK_THROWS_WITH_AS(model.embed_pixels({misshapen}),
                       doctest::Contains("embed_pixels: pixels must be [height, width, 3], got 3 values"),
                       c10::ValueError);

  const PictureInput input{.count = static_cast<std::int64_t>(files.size()),
                           .read = [&](std::int64_t i) { return read_image(files[i]); },
                           .name = [&](std::int64_t i) { return files[i].string(); }};
  const EmbeddedItems embedded = model.embed_readable(input);
  CHECK(embedded.rows == std::vector<std::int64_t>{0, 2, 3, 4});
  CHECK(at::equal(embedded.embeddings, model.embed_pictures(shapes.files())));
  REQUIRE(embedded.unreadable.size() == 1);
  CHECK(embedded.unreadable[0].index == 1);
}

TEST_CASE("search finds what embeddings and top_k find" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const EmbeddedSplit split = model.embed({}, "test");
  const Gallery gallery = open_gallery(model, {}, "test", {.keep = false});
  const auto same = [&](const std::vector<SearchHit>& hits, const Nearest& nearest, bool captions) {
    REQUIRE(static_cast<std::int64_t>(hits.size()) == nearest.row.size(1));
    for (std::size_t i = 0; i < hits.size(); ++i) {
      const std::int64_t row = nearest.row[0][static_cast<std::int64_t>(i)].item<std::int64_t>();
      CHECK(hits[i].similarity ==
            doctest::Approx(nearest.similarity[0][static_cast<std::int64_t>(i)].item<double>()).epsilon(1e-5));
      CHECK((captions ? hits[i].caption : hits[i].image) ==
            (captions ? split.pairs.text_in_store : split.pairs.image_in_store)[row]);
    }
  };
  same(model.search(gallery, {.words = "a red ball"}, 5).hits, top_k(model.embed_texts({"a red ball"}), split.image, 5),
       false);
  const std::filesystem::path picture = shapes.files()[0];
  same(model.search(gallery, {.picture = picture}, 5).hits, top_k(model.embed_pictures({picture}), split.text, 5),
       true);
  same(model.search(gallery, {.picture = picture, .wanted = SearchKind::kPictures}, 5).hits,
       top_k(model.embed_pictures({picture}), split.image, 5), false);
  same(model.search(gallery, {.words = "a red ball", .wanted = SearchKind::kCaptions}, 5).hits,
       top_k(model.embed_texts({"a red ball"}), split.text, 5), true);
  CHECK(model.search(gallery, {.id = "shape103.jpg"}, 3).hits.size() == 3);
  const std::string& id = gallery.list.image_ids[gallery.pictures->in_list[2]];
  const auto similar = model.search(gallery, {.id = id, .wanted = SearchKind::kPictures}, 1000).hits;
  CHECK(similar.size() == gallery.pictures->in_list.size() - 1);  // all but itself
  for (const SearchHit& hit : similar) CHECK(gallery.list.image_ids[hit.image] != id);
}

TEST_CASE("words that are not UTF-8 and queries that are none or several are refused" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const Gallery gallery = open_gallery(model, {}, "test", {.captions = false, .keep = false});
  CHECK_THROWS_WITH_AS(model.search(gallery, {.picture = shapes.files()[0]}, 1),
                       doctest::Contains("search: a gallery with captions was needed, got one without"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(model.embed_texts({"a dog", "a \xff dog"}),
                       doctest::Contains("embed_texts: texts must be UTF-8"), c10::ValueError);
  CHECK_THROWS_WITH_AS(model.search(gallery, {.words = "\xff"}, 1),
                       doctest::Contains("search: the words must be UTF-8"), c10::ValueError);
  CHECK_THROWS_WITH_AS(model.search(gallery, {}, 1), doctest::Contains("got none of them"), c10::ValueError);
  const SearchQuery both{.words = "a dog", .id = "shape103.jpg"};
  CHECK_THROWS_WITH_AS(model.search(gallery, both, 1), doctest::Contains("got several"), c10::ValueError);
  CHECK_THROWS_AS(Model::open(shapes / "features"), FileError);
}

TEST_CASE("a model describes its data, encoders, width, temperature, recall and correction" *
          doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Json before = shapes.open().describe();
  CHECK(before.at("data") == "csv");
  CHECK(before.at("embedding_width") == 12);
  CHECK(before.at("temperature").get<double>() * before.at("logit_scale").get<double>() == doctest::Approx(1));
  CHECK(before.at("dev_mean_recall").get<double>() > 0);
  REQUIRE(before.at("image_encoders").size() == 1);
  CHECK(before.at("image_encoders")[0].at("model_type") == "resnet");
  CHECK(before.at("text_encoders")[0].at("model_type") == "bert");
  for (const char* field : {"name", "views", "dtype", "fingerprint"})
    CHECK(before.at("text_encoders")[0].at(field).is_string());
  REQUIRE(before.at("members").size() == 1);
  CHECK(before.at("members")[0].at("seed").is_number());
  CHECK(before.at("correction").is_null());
  CHECK(!shapes.open().correction().has_value());

  successful({"correct", shapes.run(), "--method", "csls", "--json"});
  const Model corrected = shapes.open();
  const std::optional<ChosenCorrection> named = corrected.correction("csls");
  REQUIRE(named.has_value());
  CHECK(named->method == CorrectionMethod::kCsls);
  CHECK(!corrected.correction("none").has_value());
}
