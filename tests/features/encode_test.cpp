#include "tandem/features/encode.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "features/small_towers.h"
#include "tandem/base/errors.h"
#include "tandem/features/encode_texts.h"
#include "tandem/features/feature_store.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

EncodeOptions small_shards() { return {.threads = 2, .images_per_shard = 4, .captions_per_shard = 5}; }

std::vector<std::string> files_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("features are what the encoders say of each picture and caption") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 11);
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  const FeatureStore store = FeatureStore::open(out / "store");
  const FeatureManifest& manifest = store.manifest();
  CHECK(manifest.image_ids.size() == 11);
  CHECK(manifest.captions.size() == static_cast<std::size_t>(data.caption_count()));
  CHECK(manifest.image_shards.size() == 3);
  for (int i = 0; i < 11; ++i) {
    CHECK(manifest.image_ids[i] == data.images[i].id);
    CHECK(store.image_rows({i})[0][1].item<float>() ==
          doctest::Approx(static_cast<int>(255 * i / 11) / 255.0).epsilon(0.02).scale(1));
  }
  for (std::size_t j = 0; j < manifest.captions.size(); ++j) {
    const std::string& caption = manifest.captions[j];
    const at::Tensor row = store.text_rows({static_cast<std::int64_t>(j)})[0];
    const double last = static_cast<double>(caption.size()) - 1;
    CHECK(row[0].item<double>() == doctest::Approx(2.0 * caption[0]));  // mean of the last layer: twice the byte
    CHECK(row[1].item<double>() == doctest::Approx(last));              // and twice the mean place
    CHECK(row[2].item<double>() == doctest::Approx(caption[0]));        // max of layer 0
    CHECK(row[3].item<double>() == doctest::Approx(last));
  }
}

TEST_CASE("a second run over the same input encodes nothing") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 9);
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  PixelEncoder::seen = 0;
  const EncodeReport report = encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  CHECK(PixelEncoder::seen == 0);
  CHECK(report.shards_made == 0);
  CHECK(report.shards_found > 0);
}

TEST_CASE("moving a picture to another split changes the manifest and encodes nothing") {
  const ScratchFolder pictures, out;
  CaptionSet data = grey_pictures(pictures, 9);
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  data.images[0].split = Split::kTest;
  CHECK(encode(data, pixel_source(), byte_source(), out / "store", small_shards()).shards_made == 0);
  CHECK(read_manifest(out / "store").image_splits[0] == Split::kTest);
}

TEST_CASE("killed in the middle it goes on without redoing finished shards and ends with the same bytes") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 40);
  encode(data, pixel_source(), byte_source(), out / "whole", small_shards());

  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    encode(data, pixel_source("pixels", std::chrono::milliseconds(150)), byte_source(), out / "killed", small_shards());
    _exit(0);
  }
  while (!std::filesystem::exists(out / "killed" / "image-00001.safetensors")) usleep(2000);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  CHECK(!std::filesystem::exists(out / "killed" / kManifestName));
  CHECK_THROWS_WITH_AS(FeatureStore::open(out / "killed"), doctest::Contains("was encoding interrupted?"), FileError);

  PixelEncoder::seen = 0;
  const EncodeReport report = encode(data, pixel_source(), byte_source(), out / "killed", small_shards());
  CHECK(report.shards_found >= 2);
  CHECK(PixelEncoder::seen == 40 - 4 * report.shards_found);
  for (const std::string& name : files_in(out / "whole"))
    CHECK(read_file(out / "killed" / name) == read_file(out / "whole" / name));
}

TEST_CASE("killed while it overwrites other features it leaves them whole and goes on beside them") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 40);
  const std::filesystem::path beside = out / ".store.new";
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  write_file(out / "store" / "notes.txt", "mine");
  const std::string old_plan = read_manifest(out / "store").plan;
  EncodeOptions options = small_shards();
  options.overwrite = true;

  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    encode(data, pixel_source("others", std::chrono::milliseconds(150)), byte_source(), out / "store", options);
    _exit(0);
  }
  while (!std::filesystem::exists(beside / "image-00001.safetensors")) usleep(2000);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  CHECK(FeatureStore::open(out / "store").manifest().plan == old_plan);
  encode(data, pixel_source(), byte_source(), out / "store",
         small_shards());  // nothing to do, and nothing of the other is lost

  PixelEncoder::seen = 0;
  const EncodeReport report = encode(data, pixel_source("others"), byte_source(), out / "store", options);
  CHECK(report.shards_found >= 2);
  CHECK(PixelEncoder::seen < 40);
  CHECK(FeatureStore::open(out / "store").manifest().plan != old_plan);
  CHECK(read_file(out / "store" / "notes.txt") == "mine");
  CHECK(!std::filesystem::exists(beside));
}

TEST_CASE("features that cannot be made leave those that they were to overwrite") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 9);
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  const std::vector<std::string> before = files_in(out / "store");
  EncodeOptions options = small_shards();
  options.overwrite = true;
  std::vector<ImageSource> source = pixel_source("others");
  source[0].tower.prep.std = {1e-60, 1, 1};
  CHECK_THROWS_AS(encode(data, source, byte_source(), out / "store", options), FileError);
  CHECK(files_in(out / "store") == before);
  FeatureStore::open(out / "store");
  CHECK(!std::filesystem::exists(out / ".store.new"));
}

TEST_CASE("files of the user that look like shards are left alone") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 9);
  std::filesystem::create_directory(out / "store");
  write_file(out / "store" / "image-embeddings.safetensors", "mine");
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  CHECK(read_file(out / "store" / "image-embeddings.safetensors") == "mine");
}

TEST_CASE("a damaged shard is made again") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 9);
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  const std::filesystem::path shard = out / "store" / "image-00001.safetensors";
  const std::string whole = read_file(shard);
  std::string flipped = whole;
  flipped[flipped.size() - 3] = static_cast<char>(flipped[flipped.size() - 3] ^ 16);
  write_file(shard, flipped);
  CHECK_THROWS_WITH_AS(FeatureStore::open(out / "store"), doctest::Contains("image-00001.safetensors"), FileError);
  CHECK(encode(data, pixel_source(), byte_source(), out / "store", small_shards()).shards_made == 1);
  CHECK(read_file(shard) == whole);
}

TEST_CASE("one broken picture among many is left out with its captions and named") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 9);
  write_file(data.images[5].picture.file, read_file(data.images[5].picture.file).substr(0, 200));
  write_file(data.images[6].picture.file, "");
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  const FeatureStore store = FeatureStore::open(out / "store");
  CHECK(store.manifest().image_ids.size() == 7);
  REQUIRE(store.manifest().skipped.size() == 2);
  CHECK(store.manifest().skipped[0].id == "grey105.jpg");
  CHECK(store.manifest().skipped[0].reason.find("grey105.jpg") != std::string::npos);
  // The rows after the gap belong to the right pictures.
  CHECK(store.manifest().image_ids[5] == "grey107.jpg");
  CHECK(store.image_rows({5})[0][0].item<float>() == doctest::Approx(198 / 255.0).epsilon(0.02));
  for (std::size_t j = 0; j < store.manifest().captions.size(); ++j) {
    const std::string& id = store.manifest().image_ids[store.manifest().image_of_caption[j]];
    CHECK(id != "grey105.jpg");
  }
  CHECK(encode(data, pixel_source(), byte_source(), out / "store", small_shards()).shards_made == 0);
}

TEST_CASE("under strict a broken picture is refused by name") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 9);
  write_file(data.images[5].picture.file, "<!DOCTYPE html>");
  EncodeOptions options = small_shards();
  options.strict = true;
  CHECK_THROWS_WITH_AS(encode(data, pixel_source(), byte_source(), out / "store", options),
                       doctest::Contains("grey105.jpg: expected a picture"), FileError);
  CHECK(!std::filesystem::exists(out / "store" / kManifestName));
}

TEST_CASE("a data set without one readable picture is refused") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 3);
  for (const CaptionedImage& image : data.images) write_file(image.picture.file, "no picture");
  CHECK_THROWS_WITH_AS(encode(data, pixel_source(), byte_source(), out / "store", small_shards()),
                       doctest::Contains("none of 3"), FileError);
}

TEST_CASE("features of other data or encoders are refused unless they may be overwritten") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 9);
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  CHECK_THROWS_WITH_AS(encode(data, pixel_source("other weights"), byte_source(), out / "store", small_shards()),
                       doctest::Contains("found features of greys by pixels (mean) + bytes (mean,max@0)"), FileError);
  EncodeOptions options = small_shards();
  options.overwrite = true;
  CHECK(encode(data, pixel_source("other weights"), byte_source("max"), out / "store", options).shards_made == 7);
  CHECK(FeatureStore::open(out / "store").manifest().text_encoders[0].views == "max");
}

TEST_CASE("changed captions are refused as such and other text views leave the picture features as they are") {
  const ScratchFolder pictures, out;
  CaptionSet data = grey_pictures(pictures, 9);
  encode(data, pixel_source(), byte_source(), out / "store", small_shards());
  EncodeOptions options = small_shards();
  options.overwrite = true;
  PixelEncoder::seen = 0;
  const EncodeReport report = encode(data, pixel_source(), byte_source("max"), out / "store", options);
  CHECK(PixelEncoder::seen == 0);
  CHECK(report.shards_found == 3);
  CHECK(FeatureStore::open(out / "store").manifest().text_width() == 2);
  data.images[4].captions[0] += "!";
  CHECK_THROWS_WITH_AS(encode(data, pixel_source(), byte_source("max"), out / "store", small_shards()),
                       doctest::Contains("found features of greys from before its pictures or captions changed"),
                       FileError);
}

TEST_CASE("features that are not finite are refused with the picture named") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 3);
  std::vector<ImageSource> source = pixel_source();
  source[0].tower.prep.std = {1e-60, 1, 1};
  CHECK_THROWS_WITH_AS(encode(data, source, byte_source(), out / "store", small_shards()),
                       doctest::Contains("finite features from its encoders"), FileError);
}

TEST_CASE("caption features do not depend on threads or on the captions beside them") {
  std::vector<std::string> captions;
  for (int i = 0; i < 150; ++i) captions.push_back(std::string(1 + (i * 37) % 60, static_cast<char>('a' + i % 26)));
  const at::Tensor one = encode_texts(byte_source(), captions, 1);
  const at::Tensor three = encode_texts(byte_source(), captions, 3);
  CHECK(at::equal(one, three));
  CHECK(at::allclose(one[77], encode_texts(byte_source(), {captions[77]})[0]));
}

TEST_CASE("several encoders lie side by side") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 5);
  std::vector<ImageSource> two = pixel_source();
  two.push_back(std::move(pixel_source("again")[0]));
  two[1].views = parse_views("max,mean");
  encode(data, two, byte_source(), out / "store", small_shards());
  const FeatureStore store = FeatureStore::open(out / "store");
  CHECK(store.manifest().image_width() == 9);
  const at::Tensor row = store.image_rows({3})[0];
  CHECK(at::equal(row.narrow(0, 0, 3), row.narrow(0, 6, 3)));
}

TEST_CASE("a picture's layers lie side by side with the widths they have") {
  const ScratchFolder pictures, out;
  std::vector<ImageSource> source = pixel_source();
  source[0].views = parse_views("mean@0,mean,max@-2");
  encode(grey_pictures(pictures, 5), source, byte_source(), out / "store", small_shards());
  const FeatureStore store = FeatureStore::open(out / "store");
  REQUIRE(store.manifest().image_width() == 5);
  const at::Tensor row = store.image_rows({3})[0];
  CHECK(row[0].item<double>() == doctest::Approx(row.narrow(0, 1, 3).sum().item<double>()));
  CHECK(row[4].item<double>() >= row[0].item<double>());
}

TEST_CASE("progress counts every picture and caption once") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 9);
  std::vector<std::int64_t> images, captions;
  EncodeOptions options = small_shards();
  options.image_progress = [&](std::int64_t done, std::int64_t total) {
    CHECK(total == 9);
    images.push_back(done);
  };
  options.text_progress = [&](std::int64_t done, std::int64_t total) {
    CHECK(total == data.caption_count());
    captions.push_back(done);
  };
  encode(data, pixel_source(), byte_source(), out / "store", options);
  CHECK(images.back() == 9);
  CHECK(captions.back() == data.caption_count());
  CHECK(std::is_sorted(images.begin(), images.end()));
}

TEST_CASE("an encoding that is asked to stop keeps its finished batches and goes on to the same files") {
  const ScratchFolder pictures, out;
  CaptionSet data = grey_pictures(pictures, 150);  // batches of 16 pictures and 32 captions
  write_file(data.images[40].picture.file, "no picture");
  const auto two_texts = [] {
    std::vector<TextSource> sources = byte_source();
    sources.push_back(std::move(byte_source("mean")[0]));
    return sources;
  };
  const EncodeOptions large{.threads = 1, .images_per_shard = 100, .captions_per_shard = 200};
  encode(data, pixel_source(), two_texts(), out / "whole", large);
  PixelEncoder::seen = 0;
  int calls = 0;
  for (bool finished = false; !finished; ++calls) {
    REQUIRE(calls < 100);
    int left = 3;  // batches a call
    EncodeOptions stopping = large;
    stopping.stop = [&left] { return left-- <= 0; };
    try {
      encode(data, pixel_source(), two_texts(), out / "store", stopping);
      finished = true;
    } catch (const Stopped&) {
      CHECK(!std::filesystem::exists(out / "store" / kManifestName));
    }
  }
  CHECK(calls > 5);
  CHECK(PixelEncoder::seen == 149);  // each of those that can be read once
  CHECK(files_in(out / "store") == files_in(out / "whole"));
  for (const std::string& name : files_in(out / "whole")) {
    if (name.ends_with(".safetensors")) CHECK(read_file(out / "store" / name) == read_file(out / "whole" / name));
  }
  const FeatureManifest manifest = read_manifest(out / "store");
  CHECK(manifest.skipped.size() == 1);
  CHECK(manifest.skipped[0].id == data.images[40].id);
}

TEST_CASE("an encoding that is killed loses no more than the batches since it last kept them") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 150);
  const EncodeOptions whole{.threads = 1};
  encode(data, pixel_source(), byte_source(), out / "whole", whole);
  EncodeOptions killed = whole;
  killed.keep_seconds = 0;  // after every batch
  killed.image_progress = [](std::int64_t done, std::int64_t) {
    if (done >= 64) throw std::runtime_error("killed");
  };
  CHECK_THROWS_WITH(encode(data, pixel_source(), byte_source(), out / "store", killed), "killed");
  CHECK(!std::filesystem::exists(out / "store" / "image-00000.safetensors"));
  PixelEncoder::seen = 0;
  encode(data, pixel_source(), byte_source(), out / "store", whole);
  CHECK(PixelEncoder::seen == 150 - 48);
  for (const std::string& name : files_in(out / "whole")) {
    if (name.ends_with(".safetensors")) CHECK(read_file(out / "store" / name) == read_file(out / "whole" / name));
  }
}

TEST_CASE("pictures that cannot be read are told while the others are encoded, and again by a later call") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 40);
  for (const int bad : {3, 37}) write_file(data.images[bad].picture.file, "no picture");
  for (int call = 0; call < 2; ++call) {
    std::vector<std::int64_t> told;
    EncodeOptions options = small_shards();
    options.image_failed = [&](const UnreadableImage& image) {
      CHECK(!image.reason.empty());
      told.push_back(image.index);
    };
    encode(data, pixel_source(), byte_source(), out / "store", options);
    CHECK(told == std::vector<std::int64_t>({3, 37}));
  }
}

TEST_CASE("what is begun of other features is encoded again") {
  const ScratchFolder pictures, out;
  const CaptionSet data = grey_pictures(pictures, 60);
  const auto stopped_after = [](int batches) {
    return EncodeOptions{.threads = 1, .overwrite = true, .stop = [batches]() mutable { return batches-- <= 0; }};
  };
  CHECK_THROWS_AS(encode(data, pixel_source("old"), byte_source(), out / "store", stopped_after(2)), Stopped);
  PixelEncoder::seen = 0;
  encode(data, pixel_source("new"), byte_source(), out / "store", {.threads = 1, .overwrite = true});
  CHECK(PixelEncoder::seen == 60);
  CHECK(read_manifest(out / "store").image_encoders[0].fingerprint == "new");
}
