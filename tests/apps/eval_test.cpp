#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "apps/program.h"
#include "apps/split_of_fifth.h"
#include "tandem/evaluation/rank_file.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/npy_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr std::int64_t kImages = 40;

/// Embeddings of 40 pictures with two captions each, lengths far from one, ids and captions beside
/// them.
void write_embeddings(const ScratchFolder& folder, const std::string& name, double noise) {
  at::Generator chance = at::detail::createCPUGenerator(3);
  const at::Tensor image = at::randn({kImages, 8}, chance);
  const at::Tensor pairs = at::arange(2 * kImages, at::kLong).remainder(kImages);
  write_npy(folder / (name + "-image.npy"), image * 7);
  write_npy(folder / (name + "-text.npy"), image.index_select(0, pairs) + noise * at::randn({2 * kImages, 8}, chance));
  write_npy(folder / "pairs.npy", pairs);
  std::string ids, captions;
  for (std::int64_t i = 0; i < kImages; ++i) ids += "p" + std::to_string(i) + "\n";
  for (std::int64_t j = 0; j < 2 * kImages; ++j) {
    captions += "{\"caption\": \"" + std::string(j % 3 == 0 ? "a red thing" : "two dogs in front of a house") + " " +
                std::to_string(j) + "\", \"image\": \"p" + std::to_string(j % kImages) + "\"}\n";
  }
  write_file(folder / "ids.txt", ids);
  write_file(folder / "captions.jsonl", captions);
}

std::vector<std::string> eval_of(const ScratchFolder& folder, const std::string& name,
                                 const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"eval", "--image-embeddings", folder / (name + "-image.npy"), "--text-embeddings",
                                    folder / (name + "-text.npy")};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// 120 pictures of coloured blocks. Picture 4, of test, is picture 0 of train, saved again; picture
/// 9 has its very bytes where `same`.
void write_pictures(const ScratchFolder& folder, bool same) {
  for (std::int64_t i = 0; i < 120; ++i) {
    const std::int64_t shown = i == 4 ? 0 : i;
    const at::Tensor blocks =
        at::randn({8, 8, 3}, at::detail::createCPUGenerator(static_cast<std::uint64_t>(100 + shown)));
    RgbImage image{.height = 64, .width = 64, .pixels = {}};
    const auto level = blocks.accessor<float, 3>();
    for (int y = 0; y < 64; ++y) {
      for (int x = 0; x < 64; ++x) {
        for (int c = 0; c < 3; ++c)
          image.pixels.push_back(
              static_cast<std::uint8_t>(std::min(255.0F, std::max(0.0F, 128 + 50 * level[y / 8][x / 8][c]))));
      }
    }
    write_file(folder / ("p" + std::to_string(i) + ".jpg"), encode_jpeg(image, i == 4 ? 70 : 92));
  }
  if (same) write_file(folder / "p9.jpg", read_file(folder / "p1.jpg"));
}

/// Features, a run on them, and the pictures they are of; of five pictures three are train, one
/// dev, one test.
void write_run(const ScratchFolder& folder, bool same_features) {
  at::Generator chance = at::detail::createCPUGenerator(7);
  const at::Tensor cause = at::randn({120, 6}, chance);
  const at::Tensor pairs = at::arange(240, at::kLong).floor_divide(2);
  at::Tensor image = cause.matmul(at::randn({6, 24}, chance));
  if (same_features) image[9].copy_(image[1]);
  write_npy(folder / "image.npy", image);
  write_npy(folder / "text.npy",
            cause.index_select(0, pairs).matmul(at::randn({6, 16}, chance)) + 0.05 * at::randn({240, 16}, chance));
  write_npy(folder / "pairs.npy", pairs);
  std::string ids, captions, splits;
  for (int i = 0; i < 120; ++i) {
    ids += "p" + std::to_string(i) + ".jpg\n";
    splits += split_of_fifth(i) + "\n";
    captions += "a red ball number " + std::to_string(i) + "\na dog runs\n";
  }
  write_file(folder / "ids.txt", ids);
  write_file(folder / "captions.txt", captions);
  write_file(folder / "split.txt", splits);
  write_pictures(folder, same_features);
  successful({"import", "--image", folder / "image.npy", "--text", folder / "text.npy", "--image-of-caption",
              folder / "pairs.npy", "--ids", folder / "ids.txt", "--captions", folder / "captions.txt", "--split",
              folder / "split.txt", "--pictures", folder.path(), "--out", folder / "features"});
  successful({"train", folder / "features", "--out", folder / "run", "--head", "linear", "--width", "8", "--epochs",
              "10", "--batch-size", "60", "--json"});
}

}  // namespace

TEST_CASE("embeddings from elsewhere are measured and compared query by query" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  write_embeddings(folder, "good", 0.4);
  write_embeddings(folder, "bad", 1.5);
  const std::vector<std::string> names = {"--ids",  folder / "ids.txt", "--captions", folder / "captions.jsonl",
                                          "--json", "--samples",        "500"};
  std::vector<std::string> words = eval_of(folder, "bad", names);
  words.insert(words.end(), {"--ranks", folder / "bad.jsonl"});
  const Json bad = Json::parse(successful(words));
  CHECK(bad["images"] == kImages);
  CHECK(bad["captions"] == 2 * kImages);
  CHECK(bad["protocol_text"].get<std::string>().find("divided by their lengths") != std::string::npos);
  CHECK(bad["image_to_text"]["interval"]["r1"][0].get<double>() <= bad["image_to_text"]["r1"].get<double>());
  CHECK(bad["rsum_interval"].size() == 2);
  for (const char* key : {"r1", "r5", "r10", "median_rank", "mean_rank", "mrr", "map_r", "ndcg_10"}) {
    CHECK(bad["text_to_image"][key].is_number());
    CHECK(bad["chance"]["text_to_image"][key].is_number());
  }

  words = eval_of(folder, "good", names);
  words.insert(words.end(), {"--against", folder / "bad.jsonl", "--slices", "-k", "1,3,40"});
  const Json good = Json::parse(successful(words));
  CHECK(good["image_to_text"]["r40"].is_number());
  const Json rsum = good["against"]["differences"].back();
  CHECK(rsum["metric"] == "rsum");
  CHECK(rsum["p"].get<double>() < 0.05);
  CHECK(rsum["theirs"].get<double>() == doctest::Approx(bad["rsum"].get<double>()));
  CHECK(rsum["interval"][0].get<double>() > 0);
  CHECK(good["slices"].size() >= 5);
  CHECK(good["slices"][0]["queries"].get<int>() > 0);
  CHECK(good["left_out"].size() == 1);  // Pictures' slices.

  // The rows of a split index and the pairs in a file say the same as ids in the captions.
  const Json paired = Json::parse(
      successful(eval_of(folder, "good", {"--image-of-text", folder / "pairs.npy", "--json", "--samples", "0"})));
  CHECK(paired["image_to_text"]["mean_rank"] == good["image_to_text"]["mean_rank"]);
  CHECK_FALSE(paired["image_to_text"].contains("interval"));
  const Json larger = Json::parse(successful(eval_of(
      folder, "good",
      {"--image-of-text", folder / "pairs.npy", "--more-image-embeddings", folder / "bad-text.npy", "--json"})));
  CHECK(larger["gallery_images"] == 3 * kImages);
  CHECK(larger["text_to_image"]["mean_rank"].get<double>() > paired["text_to_image"]["mean_rank"].get<double>());
  CHECK(larger["image_to_text"]["mean_rank"] == paired["image_to_text"]["mean_rank"]);
}

TEST_CASE("embeddings that cannot be measured are refused in one sentence" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  write_embeddings(folder, "e", 0.4);
  write_npy(folder / "zero-image.npy", at::zeros({kImages, 8}));
  write_npy(folder / "nan-text.npy", at::zeros({2 * kImages, 8}).log().sub(at::zeros({2 * kImages, 8}).log()));
  write_npy(folder / "wide-text.npy", at::randn({2 * kImages, 9}));
  write_npy(folder / "far.npy", at::arange(2 * kImages, at::kLong));
  write_npy(folder / "few.npy", at::arange(3, at::kLong));
  write_npy(folder / "one.npy", at::zeros({2 * kImages}, at::kLong));
  write_file(folder / "short.txt", "a\nb\n");
  const auto with = [&](const std::string& image, const std::string& text, const std::vector<std::string>& more,
                        const std::vector<std::string>& said) {
    std::vector<std::string> words = {"eval", "--image-embeddings", folder / image, "--text-embeddings", folder / text};
    words.insert(words.end(), more.begin(), more.end());
    refused(words, said);
  };
  const std::vector<std::string> pairs = {"--image-of-text", folder / "pairs.npy"};
  const auto and_pairs = [&](std::vector<std::string> more) {
    more.insert(more.end(), pairs.begin(), pairs.end());
    return more;
  };
  with("zero-image.npy", "e-text.npy", pairs, {"zero-image.npy", "row 0 all zero"});
  with("e-image.npy", "nan-text.npy", pairs, {"nan-text.npy", "NaN or infinity in row 0"});
  with("e-image.npy", "wide-text.npy", pairs, {"wide-text.npy", "8 columns", "found 9"});
  with("e-image.npy", "e-text.npy", {}, {"e-text.npy", "as many rows as pictures (40)", "found 80"});
  with("e-image.npy", "e-text.npy", {"--image-of-text", folder / "far.npy"},
       {"far.npy", "pictures 0 to 39", "40 for caption 40"});
  with("e-image.npy", "e-text.npy", {"--image-of-text", folder / "few.npy"}, {"few.npy", "80 captions", "found 3"});
  with("e-image.npy", "e-text.npy", {"--image-of-text", folder / "one.npy"}, {"one.npy", "none for picture 1"});
  with("e-image.npy", "e-text.npy", and_pairs({"--ids", folder / "short.txt"}), {"short.txt", "40 ids", "found 2"});
  with("e-image.npy", "e-text.npy", and_pairs({"--captions", folder / "short.txt"}),
       {"short.txt", "80 captions", "found 2"});
  with("e-image.npy", "e-text.npy", {"--captions", folder / "captions.jsonl"},
       {"captions.jsonl", "--ids lists", "\"p0\""});
  with("e-image.npy", "e-text.npy", and_pairs({"-k", "41"}), {"-k must be at most", "40 pictures", "got 41"});
  with("e-image.npy", "e-text.npy", and_pairs({"--protocol", "coco-5k"}), {"5000 test pictures", "40"});
  with("e-image.npy", "e-text.npy", and_pairs({"--strict"}), {"about a RUN"});
  with("e-image.npy", "e-text.npy", and_pairs({"--against", folder / "none"}), {"none"});
  refused({"eval"}, {"a RUN, or --image-embeddings"});
  refused({"eval", "--image-embeddings", folder / "e-image.npy"}, {"--text-embeddings"});
  refused({"eval", "run", "--ids", folder / "short.txt"}, {"--ids", "got a RUN"});
  CHECK(tandem_program(eval_of(folder, "e", and_pairs({"-k", "0"}))).code == 2);
}

TEST_CASE("ranks of other queries are not compared with" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  write_embeddings(folder, "e", 0.4);
  const std::vector<std::string> pairs = {"--image-of-text", folder / "pairs.npy"};
  std::vector<std::string> words = eval_of(folder, "e", pairs);
  words.insert(words.end(), {"--ids", folder / "ids.txt", "--ranks", folder / "ranks.jsonl"});
  successful(words);
  const std::string ranks = read_file(folder / "ranks.jsonl");
  const auto against = [&](const std::string& text, const std::vector<std::string>& said) {
    write_file(folder / "other.jsonl", text);
    std::vector<std::string> all = eval_of(folder, "e", pairs);
    all.insert(all.end(), {"--ids", folder / "ids.txt", "--against", folder / "other.jsonl"});
    refused(all, said);
  };
  const auto against_list = [&](const auto& change, const std::vector<std::string>& said) {
    RankList list = read_rank_list((folder / "ranks.jsonl"));
    change(list);
    write_rank_list(folder / "other-list.jsonl", list);
    against(read_file(folder / "other-list.jsonl"), said);
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = ranks;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  against_list([](RankList& list) { list.pictures[7].id = "p77"; }, {"a picture p7", "none"});
  against_list([](RankList& list) { list.gallery_images = 41; }, {"40 pictures", "41 pictures"});
  against_list([](RankList& list) { list.pictures[3].rank = list.gallery_captions + 1; },
               {"line 5", "expected ranks from 1 to "});
  against_list([](RankList& list) { list.pictures[3].captions[0].rank = 0; },
               {"line 5", "ranks from 1 to 40", "found 0"});
  against_list([](RankList& list) { list.pictures[3].precision = 1.5; }, {"line 5", "average_precision", "1.5"});
  against(changed("\"p7\"", "\"p77\""), {"checksum", "changed or damaged"});
  against(changed("\"title\":\"", "\"title\":\"another "), {"checksum", "changed or damaged"});
  against(changed("\"version\":2", "\"version\":1"), {"line 1", "version 2", "version 1"});
  against(changed("tandem ranks", "other ranks"), {"line 1", "other ranks"});
  against(changed("\"rank\":", "\"rang\":"), {"line 2", "\"rank\""});
  against(ranks.substr(0, ranks.size() / 2), {"JSON object"});
  against(ranks.substr(0, ranks.rfind("{\"average")), {"40 pictures", "found 39"});
}

TEST_CASE("a picture that the model has seen is named and under strict refused" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  write_run(folder, true);
  const std::string run = folder / "run";
  const Json json = Json::parse(successful({"eval", run, "--json", "--samples", "100"}));
  REQUIRE(json["leaks"]["pictures"].size() == 1);
  CHECK(json["leaks"]["pictures"][0]["id"] == "p9.jpg");
  CHECK(json["leaks"]["pictures"][0]["seen_id"] == "p1.jpg");
  CHECK(json["leaks"]["pictures"][0]["seen_split"] == "train");
  CHECK(successful({"eval", run})
            .find("LEAKS, by equal features: 1 picture that is measured is in train or dev too: p9.jpg (as p1.jpg in "
                  "train") != std::string::npos);
  refused({"eval", run, "--strict"}, {"2 pictures", "p4.jpg (as p0.jpg in train, nearly identical)",
                                      "p9.jpg (as p1.jpg in train, the same bytes)"});
  CHECK(std::filesystem::exists(folder / "features/survey.safetensors"));
  refused({"eval", run, "--strict"}, {"2 pictures"});  // From what was kept.
  refused({"eval", run, "--strict", "--split", "dev"}, {"holds nothing out"});
  CHECK(successful({"eval", run, "--split", "train"}).find("holds nothing out") != std::string::npos);

  const Json more = Json::parse(successful({"eval", run, "--json", "--gallery-split", "all", "--slices"}));
  CHECK(more["images"] == 24);
  CHECK(more["gallery_images"] == 120);
  CHECK(more["gallery_captions"] == 240);
  CHECK(more["text_to_image"]["mean_rank"].get<double>() > json["text_to_image"]["mean_rank"].get<double>());
  bool bright = false, colour = false;
  for (const Json& slice : more["slices"]) {
    bright = bright || slice["group"] == "brightness (mean luma)";
    colour = colour || (slice["group"] == "colour" && slice["slice"] == "with" && slice["queries"] == 24);
  }
  CHECK(bright);
  CHECK(colour);
  CHECK(Json::parse(successful({"eval", run, "--json", "--against", run}))["against"]["differences"].back()["p"] ==
        1.0);
  refused({"eval", run, "--gallery-split", "tests"}, {"--gallery-split", "\"tests\""});

  std::filesystem::remove(folder / "p14.jpg");
  refused({"eval", run, "--strict"}, {"--strict", "p14.jpg"});
  CHECK(successful({"eval", run, "--slices"}).find("left out: brightness and size of 1 pictures") != std::string::npos);
}

TEST_CASE("shared captions and rankings of embeddings" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  write_embeddings(folder, "e", 0.4);
  std::string captions;
  for (std::int64_t j = 0; j < 2 * kImages; ++j) captions += j % 2 == 0 ? "a photo of a dog\n" : "a photo of a cat\n";
  write_file(folder / "shared.txt", captions);
  const auto words = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = {"--image-of-text",  folder / "pairs.npy", "--ids",
                                    folder / "ids.txt", "--captions",         folder / "shared.txt"};
    all.insert(all.end(), more.begin(), more.end());
    return eval_of(folder, "e", all);
  };
  const Json shared = Json::parse(successful(words({"--json", "--ranks", folder / "ranks.jsonl"})));
  CHECK(shared["right_answers"] == "captions");
  CHECK(shared["shared_captions"] == 80);
  CHECK(shared["different_captions"] == 2);
  CHECK(shared["chance"]["text_to_image"]["r1"].get<double>() == doctest::Approx(50));
  const Json pairs = Json::parse(successful(words({"--json", "--right-answers", "pairs"})));
  CHECK(pairs["text_to_image"]["r1"] == shared["by_pairs"]["text_to_image"]["r1"]);
  CHECK(pairs["by_pairs"].is_null());
  CHECK(successful(words({})).find("'tandem classify RUN'") != std::string::npos);

  // Ranks by one rule are not compared with those by the other.
  const Json same = Json::parse(successful(words({"--json", "--against", folder / "ranks.jsonl"})));
  for (const Json& difference : same["against"]["differences"]) CHECK(difference["difference"] == 0);
  refused(words({"--right-answers", "pairs", "--against", folder / "ranks.jsonl"}),
          {"right answers by pairs", "right answers by captions"});

  const Json told =
      Json::parse(successful(words({"--json", "--rankings", folder / "r", "--rankings-format", "mteb"})))["rankings"];
  CHECK(told["tag"] == "tandem-embeddings-uncorrected");
  CHECK(told["right_answers"] == "captions");
  CHECK(read_json(folder / "r" / "text_to_image_qrels.json")["p0#0"].size() == 20);
  CHECK(read_json(folder / "r" / "text_to_image_predictions.json")["default"]["test"]["p0#0"].size() == kImages);
  refused(words({"--rankings", folder / "e", "--rankings-format", "eccv_caption"}), {"COCO's ids", "--coco-captions"});
  refused(words({"--rankings-depth", "5"}), {"--rankings-depth goes with --rankings DIR"});
  refused(words({"--rankings", folder / "e", "--coco-captions", "c.json"}),
          {"goes with --rankings-format eccv_caption"});
  refused(words({"--rankings", folder / "e", "--more-image-embeddings", folder / "e-image.npy"}),
          {"--rankings needs an id for every candidate"});
  refused(eval_of(folder, "e", {"--image-of-text", folder / "pairs.npy", "--right-answers", "captions"}),
          {"--right-answers captions needs to know the captions"});
  CHECK_FALSE(std::filesystem::exists(folder / "e"));
}
