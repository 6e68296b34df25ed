#include "tandem/tokenizers/word_piece.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/utf8.h"
#include "tandem/tokenizers/word_piece_folder.h"
#include "test_data.h"
#include "tokenizers/token_digest.h"

using namespace tandem;

namespace {

using Ids = std::vector<std::int64_t>;
using Digests = std::vector<std::string>;

constexpr std::int64_t kMaxTokens = 512;

std::filesystem::path minilm() { return tests::models_dir() / "all-MiniLM-L6-v2"; }

std::unique_ptr<const Tokenizer> open(const std::filesystem::path& folder) { return open_word_piece(folder).tokenizer; }

Json reference(const char* file) { return read_json(tests::reference_dir() / "tokenizer" / file); }

void check_hard_corpus(const Tokenizer& tokenizer) {
  for (const Json& example : reference("hard_corpus.json")) {
    const auto text = example.at("text").get<std::string>();
    CHECK_MESSAGE(tokenizer.encode(text, kMaxTokens) == example.at("ids").get<Ids>(), text);
  }
}

WordPiece tiny(WordPieceOptions options = {}) {
  options.frame.before = {2};
  options.frame.after = {3};
  return {{{"[PAD]", 0}, {"[UNK]", 1}, {"[CLS]", 2}, {"[SEP]", 3}, {"un", 4}, {"##able", 5}, {"##a", 6}, {"able", 7}},
          options};
}

/// A folder with a small tokenizer.json that `change` has had its way with.
template <typename Change>
std::string complaint_about_words(Change change) {
  const tests::ScratchFolder folder;
  Json document = {
      {"added_tokens", Json::array()},
      {"normalizer", {{"type", "BertNormalizer"}}},
      {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
      {"post_processor", {{"type", "BertProcessing"}, {"cls", {"[CLS]", 2}}, {"sep", {"[SEP]", 3}}}},
      {"model", {{"type", "WordPiece"}, {"vocab", {{"[PAD]", 0}, {"[UNK]", 1}, {"[CLS]", 2}, {"[SEP]", 3}}}}}};
  change(document);
  write_json(folder / "tokenizer.json", document);
  try {
    open(folder.path());
  } catch (const FileError& error) {
    const std::string words = error.what();
    return words.substr(words.find("tokenizer.json"));
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a hard corpus gets the ids Hugging Face gives it" * doctest::test_suite("data")) {
  TANDEM_SKIP_WITHOUT(minilm());
  check_hard_corpus(*open(minilm()));
}

TEST_CASE("vocab.txt with tokenizer_config.json gives the same tokenizer as tokenizer.json" *
          doctest::test_suite("data")) {
  TANDEM_SKIP_WITHOUT(minilm());
  const tests::ScratchFolder folder;
  for (const char* name : {"vocab.txt", "tokenizer_config.json"}) std::filesystem::copy(minilm() / name, folder / name);
  const OpenedTokenizer opened = open_word_piece(folder.path());
  CHECK(opened.files == std::vector<std::string>{"tokenizer_config.json", "vocab.txt"});
  check_hard_corpus(*opened.tokenizer);
}

TEST_CASE("every Flickr8k caption gets the ids Hugging Face gives it" * doctest::test_suite("data")) {
  const std::filesystem::path captions = tests::shared_dir() / "data" / "flickr8k" / "Flickr8k.token.txt";
  TANDEM_SKIP_WITHOUT(minilm());
  TANDEM_SKIP_WITHOUT(captions);
  const auto tokenizer = open(minilm());
  std::ifstream file(captions);
  std::string line;
  for (const auto& expected : reference("flickr8k_digests.json").get<Digests>()) {
    tests::TokenDigest digest;
    for (int i = 0; i < 1000 && std::getline(file, line); ++i) {
      digest.fold_ids(tokenizer->encode(line.substr(line.find('\t') + 1), kMaxTokens));
    }
    CHECK(digest.text() == expected);
  }
  CHECK(!std::getline(file, line));
}

TEST_CASE("every code point alone and inside a word gets the ids Hugging Face gives it" * doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(minilm());
  const auto tokenizer = open(minilm());
  const auto expected = reference("code_point_digests.json").at("ids").get<Digests>();
  REQUIRE(expected.size() == 0x110000 / tests::kBlock);
  for (char32_t block = 0; block < expected.size(); ++block) {
    tests::TokenDigest digest;
    tests::for_each_code_point_text(
        block, [&](const std::u32string& text) { digest.fold_ids(tokenizer->encode(encode_utf8(text), kMaxTokens)); });
    CHECK_MESSAGE(digest.text() == expected[block], "block from code point " << block * tests::kBlock);
  }
}

TEST_CASE("20000 drawn texts get the ids Hugging Face gives them" * doctest::test_suite("data")) {
  TANDEM_SKIP_WITHOUT(minilm());
  const auto tokenizer = open(minilm());
  tests::FuzzTexts texts;
  for (const auto& expected : reference("fuzz_digests.json").at("ids").get<Digests>()) {
    tests::TokenDigest digest;
    for (int i = 0; i < 1000; ++i) digest.fold_ids(tokenizer->encode(encode_utf8(texts.next()), kMaxTokens));
    CHECK(digest.text() == expected);
  }
}

TEST_CASE("a text is cut as Hugging Face cuts it with its special tokens kept" * doctest::test_suite("data")) {
  TANDEM_SKIP_WITHOUT(minilm());
  const auto tokenizer = open(minilm());
  for (const Json& example : reference("truncation.json")) {
    const auto max_tokens = example.at("max_tokens").get<std::int64_t>();
    CHECK_MESSAGE(tokenizer->encode(example.at("text").get<std::string>(), max_tokens) == example.at("ids").get<Ids>(),
                  max_tokens);
  }
}

TEST_CASE("a word is made of its longest pieces or is unknown as a whole") {
  CHECK(tiny().encode("unable", 9) == Ids{2, 4, 5, 3});
  CHECK(tiny().encode("Una able", 9) == Ids{2, 4, 6, 7, 3});
  CHECK(tiny().encode("unx", 9) == Ids{2, 1, 3});
  CHECK(tiny({.max_characters_per_word = 5}).encode("unable able", 9) == Ids{2, 1, 7, 3});
}

TEST_CASE("added tokens may swallow white space or be looked for in the normalized text") {
  const WordPiece plain = tiny({.frame = {.added_tokens = {{.content = "<x>", .id = 9}}}});
  CHECK(plain.encode("able<x> <X> un", 20) == Ids{2, 7, 9, 1, 1, 1, 4, 3});
  const WordPiece folded = tiny({.frame = {.added_tokens = {{.content = "<X>", .id = 9, .normalized = true}}}});
  CHECK(folded.encode("able<x><X>un", 20) == Ids{2, 7, 9, 9, 4, 3});
  const WordPiece longest =
      tiny({.frame = {.added_tokens = {{.content = "<x>", .id = 9},
                                       {.content = "<x>>", .id = 10, .left_strip = true, .right_strip = true}}}});
  CHECK(longest.encode("able  <x>> <x>", 20) == Ids{2, 7, 10, 9, 3});
  CHECK(longest.vocabulary_size() == 11);
}

TEST_CASE("encode refuses a length without room for the special tokens") {
  CHECK(tiny().encode("able", 2) == Ids{2, 3});
  CHECK_THROWS_WITH_AS(tiny().encode("able", 1), doctest::Contains("encode: max_tokens must be at least 2, got 1"),
                       c10::ValueError);
}

TEST_CASE("a tokenizer of another kind is refused by name") {
  CHECK(complaint_about_words([](Json&) {}) == "nothing");
  CHECK(complaint_about_words([](Json& d) { d["model"]["type"] = "BPE"; }) ==
        "tokenizer.json: expected a \"model\" of type WordPiece, found \"BPE\"");
  CHECK(complaint_about_words([](Json& d) { d["normalizer"] = nullptr; }) ==
        "tokenizer.json: expected a \"normalizer\" of type BertNormalizer, found null");
  CHECK(complaint_about_words([](Json& d) { d["pre_tokenizer"]["type"] = "ByteLevel"; }) ==
        "tokenizer.json: expected a \"pre_tokenizer\" of type BertPreTokenizer, found \"ByteLevel\"");
  CHECK(complaint_about_words([](Json& d) { d["post_processor"]["type"] = "Other"; }) ==
        "tokenizer.json: expected a \"post_processor\" of type TemplateProcessing, BertProcessing or "
        "RobertaProcessing, found "
        "\"Other\"");
  CHECK(complaint_about_words([](Json& d) { d["model"]["vocab"].erase("[UNK]"); }) ==
        "tokenizer.json: expected the token \"[UNK]\" in the vocabulary, found none");
  CHECK(complaint_about_words([](Json& d) { d["model"]["vocab"]["a"] = -1; }) ==
        "tokenizer.json: expected token ids from 0 to 2^31 - 1, found -1 for \"a\"");
  CHECK(complaint_about_words([](Json& d) {
          d["added_tokens"] = {{{"content", "<x>"}, {"id", 4}, {"single_word", true}}};
        }) == "tokenizer.json: expected added tokens without \"single_word\", found \"<x>\" with it");
}

TEST_CASE("a folder without a tokenizer and a vocabulary that is not UTF-8 are refused") {
  const tests::ScratchFolder folder;
  CHECK_THROWS_WITH_AS(open(folder.path()),
                       doctest::Contains("expected a tokenizer (tokenizer.json or vocab.txt), found neither"),
                       FileError);
  write_file(folder / "vocab.txt", "[PAD]\n\xff\n");
  CHECK_THROWS_WITH_AS(open(folder.path()), doctest::Contains("vocab.txt: expected UTF-8, found other bytes"),
                       FileError);
}

TEST_CASE("vocabularies and words longer than any published one are refused before work grows with them") {
  CHECK(complaint_about_words([](Json& d) { d["model"]["max_input_chars_per_word"] = 1001; }) ==
        "tokenizer.json: expected \"max_input_chars_per_word\" of at most 1000, found 1001");
  const tests::ScratchFolder folder;
  write_file(folder / "vocab.txt", std::string(2 * (kMostTokens + 1), '\n'));
  CHECK_THROWS_WITH_AS(open_word_piece(folder.path()),
                       doctest::Contains("expected at most 2000000 tokens or merges, found 4000002"), FileError);
}
