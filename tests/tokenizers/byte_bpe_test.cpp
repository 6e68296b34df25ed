#include "tandem/tokenizers/byte_bpe.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/byte_bpe_folder.h"
#include "tandem/tokenizers/byte_level_split.h"
#include "tandem/tokenizers/clip_normalizer.h"
#include "test_data.h"

using namespace tandem;

namespace {

using Ids = std::vector<std::int64_t>;
using Words = std::vector<std::u32string_view>;

/// A folder with unknown.json's first tokenizer that `change` has had its way with.
template <typename Change>
std::string complaint_about(Change change) {
  const tests::ScratchFolder folder;
  Json document = read_json(tests::reference_dir() / "tokenizer" / "unknown.json")[0].at("tokenizer");
  change(document);
  write_json(folder / "tokenizer.json", document);
  try {
    open_roberta_bpe(folder.path());
  } catch (const FileError& error) {
    const std::string words = error.what();
    return words.substr(words.find("tokenizer.json"));
  }
  return "nothing";
}

std::string complaint_about_files(const std::string& vocabulary, const std::string& merges) {
  const tests::ScratchFolder folder;
  write_file(folder / "vocab.json", vocabulary);
  write_file(folder / "merges.txt", merges);
  try {
    open_roberta_bpe(folder.path());
  } catch (const FileError& error) {
    return std::string(error.what()).substr(folder.path().string().size() + 1);
  }
  return "nothing";
}

}  // namespace

TEST_CASE("the pair learned first is joined first and of equals the leftmost") {
  const ByteBpe bpe({{"a", 0}, {"b", 1}, {"c", 2}, {"bc", 3}, {"ab", 4}, {"aa", 5}},
                    {{"b", "c"}, {"a", "b"}, {"a", "a"}}, {.frame = {.before = {6}, .after = {7}}});
  CHECK(bpe.encode("abc", 9) == Ids{6, 0, 3, 7});
  CHECK(bpe.encode("abab", 9) == Ids{6, 4, 4, 7});
  CHECK(bpe.encode("aaa", 9) == Ids{6, 5, 0, 7});
  CHECK(bpe.encode("aaab", 9) == Ids{6, 5, 4, 7});
  CHECK(bpe.vocabulary_size() == 8);
}

TEST_CASE("bytes the vocabulary has not are dropped or unknown as Hugging Face has it") {
  for (const Json& example : read_json(tests::reference_dir() / "tokenizer" / "unknown.json")) {
    const tests::ScratchFolder folder;
    write_json(folder / "tokenizer.json", example.at("tokenizer"));
    const OpenedTokenizer opened = open_roberta_bpe(folder.path());
    for (std::size_t i = 0; i < example.at("texts").size(); ++i) {
      const auto text = example.at("texts")[i].get<std::string>();
      CHECK_MESSAGE(opened.tokenizer->encode(text, 64) == example.at("ids")[i].get<Ids>(), text);
    }
  }
}

TEST_CASE("GPT-2 and CLIP cut text at the places their regular expressions say") {
  CHECK(split_as_gpt2(U"it's  a dog!! 12") == Words{U"it", U"'s", U" ", U" a", U" dog", U"!!", U" 12"});
  CHECK(split_as_gpt2(U"\n\na \n") == Words{U"\n", U"\n", U"a", U" \n"});
  CHECK(split_as_clip(U"it's  a dog!! 12", false) == Words{U"it", U"'s", U"a", U"dog", U"!!", U"1", U"2"});
  CHECK(split_as_gpt2(U"").empty());
  CHECK(split_as_clip(U" \t", false).empty());
  CHECK(split_as_clip(U"<|endoftext|>!", false) == Words{U"<|", U"endoftext", U"|>!"});
  CHECK(split_as_clip(U"<|endoftext|>!", true) == Words{U"<|", U"endoftext", U"|>", U"!"});
}

TEST_CASE("CLIP's clean-up composes lowers and leaves one space") {
  CHECK(normalize_as_clip(U"A \t\u00a0B") == U"a b");
  CHECK(normalize_as_clip(U"E\u0301 \u1112\u1161\u11ab") == U"\u00e9 \ud55c");
  CHECK(normalize_as_clip(U"a\u0323\u0302 a\u0302\u0323") == U"\u1ead \u1ead");
}

TEST_CASE("a byte-level tokenizer that is not built is refused by field") {
  const auto model = [](const char* field, const Json& value) {
    return complaint_about([&](Json& d) { d["model"][field] = value; });
  };
  CHECK(complaint_about([](Json&) {}) == "nothing");
  CHECK(complaint_about([](Json& d) { d["model"].erase("type"); }) == "nothing");
  CHECK(model("type", "Unigram") == "tokenizer.json: expected a \"model\" of type BPE, found \"Unigram\"");
  CHECK(model("byte_fallback", true) == "tokenizer.json: expected \"byte_fallback\" to be false, found true");
  CHECK(model("ignore_merges", true) == "tokenizer.json: expected \"ignore_merges\" to be false, found true");
  CHECK(model("dropout", 0.1) == "tokenizer.json: expected no \"dropout\" of merges, found some");
  CHECK(model("continuing_subword_prefix", "@@") ==
        "tokenizer.json: expected no \"continuing_subword_prefix\", found \"@@\"");
  CHECK(model("merges", {"a b c"}) == "tokenizer.json: expected merges of two tokens, found \"a b c\"");
  CHECK(model("merges", {3}) == "tokenizer.json: expected merges of two tokens, found the number 3");
  CHECK(model("merges", Json::array({Json::array({"b", "a"})})) ==
        "tokenizer.json: expected the token \"ba\" in the vocabulary, found none");
  CHECK(model("vocab", {{"a", "b"}}) ==
        "tokenizer.json: expected token ids from 0 to 2^31 - 1, found the string \"b\" for \"a\"");
  CHECK(model("unk_token", "?") == "tokenizer.json: expected the token \"?\" in the vocabulary, found none");
  CHECK(complaint_about([](Json& d) { d["pre_tokenizer"]["use_regex"] = false; }) ==
        "tokenizer.json: expected \"use_regex\" to be true, found false");
  CHECK(complaint_about([](Json& d) { d["normalizer"] = {{"type", "NFKC"}}; }) ==
        "tokenizer.json: expected no \"normalizer\", as RoBERTa's tokenizer has none, found {\"type\":\"NFKC\"}");
  CHECK(complaint_about(
            [](Json& d) { d["normalizer"] = {{"type", "Sequence"}, {"normalizers", {{{"type", "NFC"}}}}}; }) ==
        "tokenizer.json: expected no \"normalizer\", as RoBERTa's tokenizer has none, found "
        "{\"normalizers\":[{\"type\":\"NFC\"}],\"type\":\"Sequence\"}");
  CHECK(complaint_about([](Json& d) { d["post_processor"] = nullptr; }) ==
        "tokenizer.json: expected special tokens around the text in \"post_processor\", found no \"post_processor\", "
        "so that a "
        "model gets words alone");
  CHECK(complaint_about([](Json& d) { d["post_processor"] = {{"type", "ByteLevel"}}; }) ==
        "tokenizer.json: expected special tokens around the text in \"post_processor\", found none");
}

TEST_CASE("vocabulary files that are missing or disagree are refused") {
  const std::string vocabulary =
      R"({"<s>": 0, "</s>": 1, "<unk>": 2, "<pad>": 3, "<mask>": 4, "a": 5, "b": 6, "ab": 7})";
  CHECK(complaint_about_files(vocabulary, "#version: 0.2\na b\n") == "nothing");
  CHECK(complaint_about_files(vocabulary, "a b\nb a\n") ==
        "merges.txt: expected the token \"ba\" in the vocabulary, found none");
  CHECK(complaint_about_files(vocabulary, "ab\n") == "merges.txt: expected merges of two tokens, found \"ab\"");
  CHECK(complaint_about_files("[]", "a b\n") == "vocab.json: expected an object with a vocabulary, found an array");
  CHECK(complaint_about_files(R"({"a": 0})", "") ==
        "vocab.json: expected the token \"<s>\" in the vocabulary, found none");
  const tests::ScratchFolder folder;
  CHECK_THROWS_WITH_AS(
      open_clip_bpe(folder.path()),
      doctest::Contains("expected a tokenizer (tokenizer.json, or vocab.json and merges.txt), found neither"),
      FileError);
  write_json(folder / "tokenizer_config.json", {{"truncation_side", "left"}});
  CHECK_THROWS_WITH_AS(open_clip_bpe(folder.path()),
                       doctest::Contains("expected \"truncation_side\" to be right, found \"left\""), FileError);
}
