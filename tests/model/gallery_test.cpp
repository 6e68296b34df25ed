#include "tandem/model/gallery.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include "model/trained_shapes.h"
#include "tandem/base/errors.h"
#include "tandem/readers/data_spec.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Path = std::filesystem::path;

std::vector<Path> kept_files(const Path& run) {
  std::vector<Path> files;
  for (const auto& entry : std::filesystem::directory_iterator(run / "galleries")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Counts stages, so that a test sees what was embedded.
struct CountedStages {
  std::vector<std::int64_t> totals;
  std::vector<std::string> notices;

  GalleryOptions options() {
    return {.captions = false,
            .stages =
                [this](const std::string&, const std::string&) {
                  totals.push_back(0);
                  return [this](std::int64_t, std::int64_t total) { totals.back() = total; };
                },
            .notice = [this](const std::string& line) { notices.push_back(line); }};
  }
};

/// Twelve of the shapes in a folder of their own, and one file that is no picture.
void write_photos(const TrainedShapes& shapes, const Path& folder) {
  make_folder(folder / "deep");
  for (int i = 100; i < 112; ++i) {
    const std::string name = "shape" + std::to_string(i) + ".jpg";
    write_file(folder / (i % 2 == 0 ? "deep" : ".") / name, read_file(shapes / name.c_str()));
  }
  write_file(folder / "torn.jpg", "no picture");
}

}  // namespace

TEST_CASE("a gallery of a store has the embeddings of Model::embed, computed or kept" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  successful({"correct", shapes.run(), "--method", "nnn", "--json"});
  const Model model = shapes.open();
  const EmbeddedSplit split = model.embed({}, "test");
  const ChosenCorrection chosen = *model.correction();
  for (int round = 0; round < 2; ++round) {
    const Gallery gallery = open_gallery(model, {}, "test");
    CHECK(at::equal(gallery.pictures->embeddings, split.image));
    CHECK(at::equal(gallery.captions->embeddings, split.text));
    CHECK(gallery.pictures->in_list == split.pairs.image_in_store);
    CHECK(gallery.captions->in_list == split.pairs.text_in_store);
    CHECK(at::equal(*gallery.pictures->bias, image_biases(chosen, split.image)));
    CHECK(at::equal(*gallery.captions->bias, text_biases(chosen, split.text)));
    CHECK(kept_files(shapes.run()).size() == 4);
  }
  // Kept files are all that is needed: the shards may be gone.
  std::filesystem::rename(shapes / "features/image-00000.safetensors", shapes / "away");
  CHECK(at::equal(open_gallery(model, {}, "test", {.captions = false}).pictures->embeddings, split.image));
  CHECK_THROWS_WITH_AS(open_gallery(model, {}, "test", {.captions = false, .keep = false}),
                       doctest::Contains("image-00000.safetensors"), FileError);
}

TEST_CASE("kept embeddings are made again after a change of the model, of the features or of their bytes" *
          doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const auto opened = [&] { return open_gallery(shapes.open(), {}, "test", {.captions = false}).pictures->embeddings; };
  const at::Tensor before = opened();
  REQUIRE(kept_files(shapes.run()).size() == 1);
  const Path kept = kept_files(shapes.run())[0];
  const std::string bytes = read_file(kept);
  std::string damaged = bytes;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  write_file(kept, damaged);
  CHECK(at::equal(opened(), before));
  CHECK(read_file(kept) == bytes);

  successful({"train", shapes / "features", "--out", shapes.run(), "--head", "linear", "--width", "12", "--epochs", "1",
              "--seed", "5", "--threads", "1", "--overwrite", "--json"});
  CHECK(!std::filesystem::exists(kept));  // The galleries belong to the run that was replaced.
  make_folder(kept.parent_path());
  write_file(kept, bytes);
  const at::Tensor after = opened();
  CHECK(!at::equal(after, before));
  CHECK(at::equal(after, shapes.open().embed({}, "test").image));
}

TEST_CASE("pictures without captions are embedded once, and later only those that changed" *
          doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const Path photos = shapes / "photos";
  write_photos(shapes, photos);
  const std::string spec = "pictures:" + photos.string();
  const auto opened = [&](CountedStages& counted) {
    return embed_gallery(model, read_data(spec), spec, counted.options());
  };
  CountedStages first, second, third, fourth;
  const Gallery gallery = opened(first);
  CHECK(first.totals == std::vector<std::int64_t>{13});
  CHECK(gallery.pictures->in_list.size() == 12);
  REQUIRE(gallery.skipped.size() == 1);
  CHECK(gallery.skipped[0].id == "torn.jpg");
  std::vector<Path> files;
  for (const std::int64_t row : gallery.pictures->in_list) files.push_back(gallery.list.pictures[row].file);
  CHECK(at::equal(gallery.pictures->embeddings, model.embed_pictures(files)));
  CHECK(gallery.list.image_ids.front() == "deep/shape100.jpg");

  const Gallery again = opened(second);
  CHECK(second.totals == std::vector<std::int64_t>{0});
  CHECK(at::equal(again.pictures->embeddings, gallery.pictures->embeddings));
  CHECK(again.skipped.size() == 1);

  std::filesystem::remove(photos / "shape101.jpg");
  write_file(photos / "new.jpg", read_file(shapes / "shape200.jpg"));
  const Gallery changed = opened(third);
  CHECK(third.totals == std::vector<std::int64_t>{1});
  REQUIRE(changed.pictures->in_list.size() == 12);
  files.clear();
  for (const std::int64_t row : changed.pictures->in_list) files.push_back(changed.list.pictures[row].file);
  CHECK(at::allclose(changed.pictures->embeddings, model.embed_pictures(files), 0, 1e-5));
  opened(fourth);
  CHECK(fourth.totals == std::vector<std::int64_t>{0});
}

TEST_CASE("a gallery that cannot be kept is a notice, and nothing else changes" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Model model = shapes.open();
  const Path photos = shapes / "photos";
  write_photos(shapes, photos);
  const std::string spec = "pictures:" + photos.string();
  CountedStages kept, unkept;
  const at::Tensor expected = embed_gallery(model, read_data(spec), spec, kept.options()).pictures->embeddings;
  CHECK(kept.notices.empty());
  std::filesystem::remove_all(shapes.run() / "galleries");
  write_file(shapes.run() / "galleries", "a file where the folder would be");
  CHECK(at::equal(embed_gallery(model, read_data(spec), spec, unkept.options()).pictures->embeddings, expected));
  REQUIRE(unkept.notices.size() == 1);
  CHECK(unkept.notices[0].find("embeddings are not kept in") != std::string::npos);
}

TEST_CASE("a gallery without captions has none to find" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const Path photos = shapes / "photos";
  write_photos(shapes, photos);
  const std::string spec = "pictures:" + photos.string();
  CHECK_THROWS_WITH_AS(embed_gallery(shapes.open(), read_data(spec), spec, {}),
                       doctest::Contains("expected captions to search in, found pictures alone"), FileError);
  std::filesystem::remove_all(photos);
  make_folder(photos);
  write_file(photos / "torn.jpg", "no picture");
  CHECK_THROWS_WITH_AS(embed_gallery(shapes.open(), read_data(spec), spec, {.captions = false}),
                       doctest::Contains("expected a picture that can be read, found none"), FileError);
}
