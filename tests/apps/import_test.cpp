#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>

#include "apps/program.h"
#include "apps/split_of_fifth.h"
#include "tandem/base/errors.h"
#include "tandem/features/feature_store.h"
#include "tandem/features/import_features.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/storage/npy_file.h"
#include "tandem/storage/safetensors.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr std::int64_t kImportedImages = 150;
constexpr std::int64_t kImportedTexts = 2 * kImportedImages;

/// Features of two widths that have a hidden cause in common, and lists beside them.
void write_features(const ScratchFolder& folder) {
  at::Generator chance = at::detail::createCPUGenerator(7);
  const at::Tensor cause = at::randn({kImportedImages, 6}, chance);
  const at::Tensor to_image = at::randn({6, 24}, chance);
  const at::Tensor to_text = at::randn({6, 16}, chance);
  const at::Tensor pairs = at::arange(kImportedTexts, at::kLong).floor_divide(2);
  write_npy(folder / "image.npy", cause.matmul(to_image));
  write_npy(folder / "text.npy",
            cause.index_select(0, pairs).matmul(to_text).add(at::randn({kImportedTexts, 16}, chance), 0.05));
  write_npy(folder / "pairs.npy", pairs);
  std::string ids, captions, splits;
  for (std::int64_t i = 0; i < kImportedImages; ++i) {
    ids += "picture-" + std::to_string(i) + "\n";
    splits += split_of_fifth(i, "val") + "\n";
  }
  for (std::int64_t j = 0; j < kImportedTexts; ++j) captions += "caption number " + std::to_string(j) + "\n";
  write_file(folder / "ids.txt", ids);
  write_file(folder / "captions.txt", captions);
  write_file(folder / "split.txt", splits);
}

std::vector<std::string> import_of(const ScratchFolder& from, const std::string& out) {
  return {"import",
          "--image",
          from / "image.npy",
          "--text",
          from / "text.npy",
          "--image-of-caption",
          from / "pairs.npy",
          "--ids",
          from / "ids.txt",
          "--captions",
          from / "captions.txt",
          "--split",
          from / "split.txt",
          "--out",
          out};
}

}  // namespace

TEST_CASE("imported features are trained on and measured and shown without pictures or encoders" *
          doctest::test_suite("slow")) {
  const ScratchFolder from, out;
  write_features(from);
  const std::string features = out / "features";
  const std::string run = out / "run";
  successful(import_of(from, features));
  successful({"train", features, "--out", run, "--head", "linear", "--width", "8", "--epochs", "30", "--batch-size",
              "60", "--json"});
  const Json measured = Json::parse(successful({"eval", run, "--json"}));
  CHECK(measured["images"] == kImportedImages / 5);
  CHECK(measured["text_to_image"]["r1"].get<double>() > 30);  // Chance is 3.3.
  successful({"map", run, "--method", "pca", "--out", out / "map.html", "--out", out / "map.png"});
  CHECK(read_file(out / "map.html").find("caption number 8") != std::string::npos);
  successful({"examples", run, "--out", out / "examples.html"});
  CHECK(read_file(out / "examples.html").find("data:image") == std::string::npos);

  const Json found =
      Json::parse(successful({"search", run, "--id", "picture-4", "--split", "test", "-k", "2", "--json"}));
  REQUIRE(found["results"].size() == 2);
  CHECK(found["results"][0]["file"].is_null());
  CHECK(found["results"][0]["id"].get<std::string>().starts_with("picture-"));
  refused({"search", run, "a dog"}, {"a run with encoders, to encode words", "imported features"});
  refused({"search", run, "--image", "dog.jpg"}, {"a run with encoders, to encode a picture"});
  refused({"search", run, "--id", "picture-999"}, {"picture-999", "none"});
  refused({"search", run, "dog", "--id", "picture-4"}, {"several"});
}

TEST_CASE("export --overwrite leaves the new export alone, and what is the user's" * doctest::test_suite("slow")) {
  const ScratchFolder from, out;
  write_features(from);
  successful(import_of(from, out / "first"));
  const std::filesystem::path arrays = out / "arrays";
  std::filesystem::create_directories(arrays);
  write_file(arrays / "notes.txt", "mine");
  successful({"export", out / "first", "--out", arrays});
  const std::string image = read_file(arrays / "image.npy");
  successful({"export", out / "first", "--out", arrays, "--format", "safetensors", "--overwrite"});
  CHECK(!std::filesystem::exists(arrays / "image.npy"));
  CHECK(std::filesystem::exists(arrays / "features.safetensors"));
  successful({"export", out / "first", "--out", arrays, "--overwrite"});
  CHECK(!std::filesystem::exists(arrays / "features.safetensors"));
  CHECK(read_file(arrays / "image.npy") == image);
  CHECK(read_file(arrays / "notes.txt") == "mine");
}

TEST_CASE("a full disk keeps the older export, and leaves nothing of a new one" * doctest::test_suite("slow")) {
  const ScratchFolder from, out;
  write_features(from);
  successful(import_of(from, out / "first"));
  const FeatureStore store = FeatureStore::open(out / "first");
  std::filesystem::create_directories(out / "mine");
  write_file(out / "mine" / "notes.txt", "mine");
  export_features(store, out / "older");
  const std::string image = read_file(out / "older" / "image.npy");
  const std::string splits = read_file(out / "older" / "split.txt");
  const auto size = std::filesystem::file_size(out / "older" / "text.npy");
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = size - 1, .rlim_max = before.rlim_max};  // lists fit, the captions' features do not
  ::setrlimit(RLIMIT_FSIZE, &small);
  int failed = 0;
  for (const char* name : {"older", "mine", "new"}) {
    try {
      export_features(store, out / name, {.overwrite = true});
    } catch (const FileError&) {
      ++failed;
    }
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(failed == 3);
  CHECK(read_file(out / "older" / "image.npy") == image);
  CHECK(read_file(out / "older" / "split.txt") == splits);
  CHECK(read_file(out / "mine" / "notes.txt") == "mine");
  CHECK(!std::filesystem::exists(out / "mine" / "ids.json"));
  CHECK(!std::filesystem::exists(out / "new"));
}

TEST_CASE("exported features come back bit for bit in either format" * doctest::test_suite("slow")) {
  const ScratchFolder from, out;
  write_features(from);
  successful(import_of(from, out / "first"));
  const FeatureStore first = FeatureStore::open(out / "first");
  for (const std::string format : {"npy", "safetensors"}) {
    const std::filesystem::path arrays = out / format;
    successful({"export", out / "first", "--out", arrays, "--format", format});
    const auto array = [&](const std::string& name) {
      return format == "npy" ? (arrays / (name + ".npy")).string()
                             : (arrays / "features.safetensors").string() + "#" + name;
    };
    const std::string again = out / (format + "-again");
    successful({"import", "--image", array("image"), "--text", array("text"), "--image-of-caption",
                array("image_of_caption"), "--ids", arrays / "ids.json", "--captions", arrays / "captions.jsonl",
                "--split", arrays / "split.txt", "--out", again});
    successful({"import", arrays, "--out", out / (format + "-whole")});
    const FeatureStore second = FeatureStore::open(again);
    CHECK(FeatureStore::open(out / (format + "-whole")).manifest().plan == second.manifest().plan);
    CHECK(second.manifest().plan == first.manifest().plan);
    CHECK((second.manifest().image_splits == first.manifest().image_splits));
    CHECK(second.manifest().captions == first.manifest().captions);
    CHECK(select_all(second).image.equal(select_all(first).image));
    CHECK(select_all(second).text.equal(select_all(first).text));
    refused({"export", out / "first", "--out", arrays, "--format", format}, {"no such file yet"});
  }
  refused({"import", out / "nowhere", "--out", out / "third"},
          {"nowhere: expected a folder as 'tandem export' writes it", "no such folder"});
  refused({"import", out / "first", "--out", out / "third"}, {"found neither"});
  refused({"import", "--image", from / "image.npy", "--out", out / "third"}, {"found no --text"});
  // The pairs are in captions.jsonl too.
  successful({"import", "--image", out / "npy/image.npy", "--text", out / "npy/text.npy", "--ids", out / "npy/ids.json",
              "--captions", out / "npy/captions.jsonl", "--out", out / "third"});
  CHECK(FeatureStore::open(out / "third").manifest().image_of_caption == first.manifest().image_of_caption);
  CHECK(Json::parse(successful({"import", "--image", out / "npy/image.npy", "--text", out / "npy/image.npy", "--out",
                                out / "fourth", "--json"}))["captions"] == kImportedImages);
}

TEST_CASE("arrays in several files are put below each other and other features are not replaced unasked" *
          doctest::test_suite("slow")) {
  const ScratchFolder from, out;
  write_npy(from / "a.npy", at::arange(6, at::kFloat).reshape({2, 3}));
  write_npy(from / "b.npy", at::arange(9, at::kDouble).reshape({3, 3}));
  const std::vector<std::string> both = {"import",       "--image",      from / "a.npy", from / "b.npy", "--text",
                                         from / "b.npy", from / "a.npy", "--out",        out / "f"};
  successful(both);
  successful(both);  // The same again is fine.
  const FeatureStore store = FeatureStore::open(out / "f");
  CHECK(store.image_rows({1, 2}).equal(
      at::cat({at::arange(3, at::kFloat).add(3), at::arange(3, at::kFloat)}).reshape({2, 3})));
  std::vector<std::string> other = {"import", "--image", from / "a.npy", "--text", from / "a.npy", "--out", out / "f"};
  refused(other, {"--overwrite replaces others"});
  other.emplace_back("--overwrite");
  successful(other);
  CHECK(FeatureStore::open(out / "f").manifest().image_ids.size() == 2);
}

TEST_CASE("features that do not fit together are refused in one sentence" * doctest::test_suite("slow")) {
  const ScratchFolder from, out;
  write_npy(from / "a.npy", at::arange(6, at::kFloat).reshape({2, 3}));
  write_npy(from / "three.npy", at::arange(9, at::kFloat).reshape({3, 3}));
  write_npy(from / "wide.npy", at::arange(8, at::kFloat).reshape({2, 4}));
  write_npy(from / "flat.npy", at::arange(4, at::kFloat));
  write_npy(from / "whole.npy", at::arange(4, at::kLong).reshape({2, 2}));
  write_npy(from / "rows.npy", at::arange(3, at::kLong));
  write_npy(from / "one.npy", at::arange(3, at::kLong).mul(0));
  write_npy(from / "nan.npy", at::arange(6, at::kFloat).reshape({2, 3}).log().log());
  write_safetensors(from / "two.safetensors", {{"x", at::arange(6, at::kFloat).reshape({2, 3})}, {"y", at::arange(2)}});
  const auto import_refused = [&](const std::string& image, const std::string& text, std::vector<std::string> more,
                                  const std::vector<std::string>& parts) {
    std::vector<std::string> words = {"import", "--image", from / image, "--text", from / text, "--out", out / "f"};
    words.insert(words.end(), more.begin(), more.end());
    refused(words, parts);
    CHECK(!std::filesystem::exists(out / "f" / "manifest.json"));
  };
  import_refused("absent.npy", "a.npy", {}, {"absent.npy"});
  import_refused("flat.npy", "a.npy", {}, {"[rows, columns]", "[4]"});
  import_refused("whole.npy", "a.npy", {}, {"floating point"});
  import_refused("nan.npy", "a.npy", {}, {"nan.npy", "NaN or infinity in row 0"});
  import_refused("a.npy", "three.npy", {}, {"as many captions as pictures (2)", "3 captions"});
  import_refused("a.npy", "three.npy", {"--image-of-caption", from / "rows.npy"},
                 {"pictures 0 to 1", "picture 2 for caption 2"});
  import_refused("a.npy", "three.npy", {"--image-of-caption", from / "one.npy"},
                 {"a caption for every picture", "picture 1"});
  import_refused("a.npy", "three.npy", {"--image-of-caption", from / "flat.npy"}, {"int32 or int64"});
  import_refused("two.safetensors", "a.npy", {}, {"one tensor", "found 2"});
  import_refused("two.safetensors#z", "a.npy", {}, {"\"z\""});
  write_file(from / "short.txt", "one\n");
  write_file(from / "twice.txt", "one\none\n");
  write_file(from / "blank.txt", "one\n \n");
  write_file(from / "latin.txt", "caf\xe9\ntwo\n");
  write_file(from / "bad.jsonl", "{\"caption\": \"x\"}\n{\"caption\"\n");
  write_file(from / "some.jsonl", "{\"caption\": \"x\", \"image\": \"0\"}\n{\"caption\": \"y\"}\n");
  write_file(from / "stranger.jsonl",
             "{\"caption\": \"x\", \"image\": \"p\"}\n{\"caption\": \"y\", \"image\": \"q\"}\n");
  import_refused("a.npy", "a.npy", {"--ids", from / "short.txt"}, {"2 ids", "found 1"});
  import_refused("a.npy", "a.npy", {"--ids", from / "twice.txt"}, {"twice.txt line 2", "\"one\" twice"});
  import_refused("a.npy", "a.npy", {"--captions", from / "blank.txt"}, {"blank.txt line 2"});
  import_refused("a.npy", "a.npy", {"--captions", from / "latin.txt"}, {"latin.txt line 1", "UTF-8"});
  import_refused("a.npy", "a.npy", {"--captions", from / "bad.jsonl"}, {"bad.jsonl line 2", "JSON"});
  import_refused("a.npy", "a.npy", {"--captions", from / "some.jsonl"}, {"some.jsonl line 2"});
  import_refused("a.npy", "a.npy", {"--captions", from / "stranger.jsonl"}, {"\"p\""});
  import_refused("a.npy", "a.npy", {"--split", from / "short.txt"}, {"short.txt line 1", "train, dev, test or none"});
  import_refused("a.npy", "a.npy", {"--pictures", from.path()}, {"the picture of that id"});
  write_file(from / "escape.txt", "../x\ny\n");
  import_refused("a.npy", "a.npy", {"--pictures", from.path(), "--ids", from / "escape.txt"}, {"leaves it"});
  refused({"import", "--image", from / "a.npy", from / "wide.npy", "--text", from / "a.npy", "--out", out / "f"},
          {"wide.npy", "3 columns", "4"});
}
