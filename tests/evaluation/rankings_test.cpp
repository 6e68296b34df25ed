#include "tandem/evaluation/rankings.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <sstream>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;

namespace {

using Lines = std::vector<std::string>;

/// Three pictures with an id that has a space; picture 0 has two captions. Every caption is nearest
/// to its picture.
RetrievalInput three_pictures() {
  RetrievalInput input;
  input.title = "three";
  input.image = at::eye(3);
  input.image_of_text = at::tensor(std::vector<std::int64_t>{0, 1, 0, 2}, at::kLong);
  input.text = at::tensor({0.9F, 0.1F, 0.0F, 0.2F, 0.8F, 0.1F, 0.7F, 0.0F, 0.3F, 0.1F, 0.3F, 0.6F}).view({4, 3});
  input.ids = {"a dog%.jpg", "val2014/COCO_val2014_000000000042.jpg", "7.jpg"};
  input.captions = {"a dog", "a cat", "a brown dog", "a dog"};
  return input;
}

RetrievalEvaluation evaluated(const RetrievalInput& input, const std::string& rule = "pairs",
                              const std::string& protocol = "all") {
  return evaluate_retrieval(input,
                            {.protocol = protocol, .right_answers = rule, .ks = {1}, .bootstrap = {.samples = 0}});
}

void write(const std::filesystem::path& folder, const RetrievalInput& input, const std::string& rule,
           RankingsOptions options) {
  options.tag = "tandem run";
  write_rankings(folder, input, evaluated(input, rule), input.image, input.text, options);
}

Lines lines_of(const std::filesystem::path& file) {
  std::istringstream text(read_file(file));
  Lines lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

constexpr const char* kCoco = R"({"images": [{"id": 5}, {"id": 42}, {"id": 7}], "annotations": [
  {"id": 11, "image_id": 5, "caption": "a dog"}, {"id": 12, "image_id": 42, "caption": "a  cat\n"},
  {"id": 13, "image_id": 5, "caption": "a brown dog"}, {"id": 14, "image_id": 7, "caption": "a dog"}]})";

RetrievalInput coco_pictures() {
  RetrievalInput input = three_pictures();
  input.ids[0] = "000000000005.jpg";
  return input;
}

}  // namespace

TEST_CASE("a TREC run and its qrels hold every query with ids that are one word") {
  const ScratchFolder folder;
  write(folder / "r", three_pictures(), "pairs", {.depth = 2});
  const std::string dog = "a%20dog%25.jpg", cat = "val2014/COCO_val2014_000000000042.jpg";
  CHECK(lines_of(folder / "r" / "image_to_text.run") ==
        Lines{dog + " Q0 " + dog + "#0 1 0.9 tandem%20run", dog + " Q0 " + dog + "#1 2 0.7 tandem%20run",
              cat + " Q0 " + cat + "#0 1 0.8 tandem%20run", cat + " Q0 7.jpg#0 2 0.3 tandem%20run",
              "7.jpg Q0 7.jpg#0 1 0.6 tandem%20run", "7.jpg Q0 " + dog + "#1 2 0.3 tandem%20run"});
  CHECK(lines_of(folder / "r" / "image_to_text.qrels") ==
        Lines{dog + " 0 " + dog + "#0 1", dog + " 0 " + dog + "#1 1", cat + " 0 " + cat + "#0 1", "7.jpg 0 7.jpg#0 1"});
  const Lines to_image = lines_of(folder / "r" / "text_to_image.run");
  REQUIRE(to_image.size() == 8);
  CHECK(to_image[2] == cat + "#0 Q0 " + cat + " 1 0.8 tandem%20run");
  CHECK(lines_of(folder / "r" / "text_to_image.qrels")[2] == dog + "#1 0 " + dog + " 1");
}

TEST_CASE("qrels by captions hold every picture and caption of the same text") {
  const ScratchFolder folder;
  write(folder / "r", three_pictures(), "captions", {.depth = 100});
  const std::string dog = "a%20dog%25.jpg";
  const Lines to_image = lines_of(folder / "r" / "text_to_image.qrels");
  CHECK(to_image[0] == dog + "#0 0 " + dog + " 1");
  CHECK(to_image[1] == dog + "#0 0 7.jpg 1");
  CHECK(to_image.size() == 6);
  CHECK(lines_of(folder / "r" / "image_to_text.qrels").size() == 3 + 1 + 2);
  CHECK(lines_of(folder / "r" / "image_to_text.run").size() == 3 * 4);
}

TEST_CASE("MTEB's predictions are scores by query and candidate, and its qrels are ones") {
  const ScratchFolder folder;
  write(folder / "r", three_pictures(), "pairs", {.format = RankingsFormat::kMteb, .depth = 2});
  const Json predictions = read_json(folder / "r" / "image_to_text_predictions.json");
  CHECK(predictions.at("mteb_model_meta") == Json{{"model_name", "tandem run"}, {"revision", nullptr}});
  const Json& lists = predictions.at("default").at("test");
  CHECK(lists.size() == 3);
  CHECK(lists.at("7.jpg").size() == 2);
  CHECK(lists.at("7.jpg").at("7.jpg#0").get<float>() == 0.6F);
  const Json qrels = read_json(folder / "r" / "text_to_image_qrels.json");
  CHECK(qrels.at("7.jpg#0") == Json{{"7.jpg", 1}});
  CHECK(qrels.size() == 4);
}

TEST_CASE("eccv_caption's lists are of COCO's ids, and data without them are refused with nothing written") {
  const ScratchFolder folder;
  write_file(folder / "captions_val2014.json", kCoco);
  const RankingsOptions options{
      .format = RankingsFormat::kEccvCaption, .depth = 100, .coco_captions = folder / "captions_val2014.json"};
  write(folder / "r", coco_pictures(), "pairs", options);
  CHECK(read_json(folder / "r" / "i2t.json") ==
        Json{{"5", {11, 13, 12, 14}}, {"42", {12, 14, 11, 13}}, {"7", {14, 13, 12, 11}}});
  CHECK(read_json(folder / "r" / "t2i.json").at("13") == Json{5, 7, 42});

  CHECK_THROWS_WITH_AS(write(folder / "none", three_pictures(), "pairs", options),
                       doctest::Contains("captions_val2014.json: expected every picture that is measured, as "
                                         "eccv_caption needs COCO's ids, found none for a dog%.jpg"),
                       FileError);
  RetrievalInput reworded = coco_pictures();
  reworded.captions[1] = "a tabby cat";
  CHECK_THROWS_WITH_AS(write(folder / "none", reworded, "pairs", options),
                       doctest::Contains("none for \"a tabby cat\" of picture 42"), FileError);
  reworded.captions.clear();
  CHECK_THROWS_WITH_AS(write(folder / "none", reworded, "pairs", options), doctest::Contains("know the captions"),
                       c10::ValueError);
  CHECK_FALSE(std::filesystem::exists(folder / "none"));
}

TEST_CASE("distractors are candidates of a ranking by their names, and without names are refused") {
  const ScratchFolder folder;
  RetrievalInput input = three_pictures();
  input.others = {.image = at::eye(3).narrow(0, 0, 1) * 2, .text = at::eye(3).narrow(0, 1, 1)};
  CHECK_THROWS_WITH_AS(write(folder / "r", input, "pairs", {}), doctest::Contains("an id for every candidate"),
                       c10::ValueError);
  input.other_names = {.ids = {"more.jpg"}, .captions = {"a dog"}, .image_of_text = {0}};
  write(folder / "r", input, "captions", {.depth = 1});
  CHECK(lines_of(folder / "r" / "text_to_image.run")[0] == "a%20dog%25.jpg#0 Q0 more.jpg 1 1.8 tandem%20run");
  CHECK(lines_of(folder / "r" / "text_to_image.qrels")[2] == "a%20dog%25.jpg#0 0 more.jpg 1");
}

TEST_CASE("an id becomes one word from which percent-decoding gives it back") {
  CHECK(word_of_id("a b%c\xC3\xA4\n") == "a%20b%25c%C3%A4%0A");
  CHECK(word_of_id("plain-1.jpg#0") == "plain-1.jpg#0");
  CHECK(rankings_format_named("trec") == RankingsFormat::kTrec);
  CHECK_FALSE(rankings_format_named("TREC"));
}
