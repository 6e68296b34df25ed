#include "tandem/tokenizers/bert_normalizer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tandem/storage/json_file.h"
#include "test_data.h"
#include "tokenizers/token_digest.h"

using namespace tandem;

namespace {

using Digests = std::vector<std::string>;

constexpr BertNormalizerOptions kUncased{};
constexpr BertNormalizerOptions kCased{.lowercase = false};
constexpr BertNormalizerOptions kLowerKeepingAccents{
    .clean_text = false, .handle_chinese_chars = false, .strip_accents = false};

Digests reference(const char* file, const char* name) {
  return json_field<Digests>(read_json(tests::reference_dir() / "tokenizer" / file), name, file);
}

void fold(tests::TokenDigest& digest, const std::u32string& text, const BertNormalizerOptions& options) {
  const std::u32string normalized = normalize_as_bert(text, options);
  digest.fold_pieces(split_as_bert(normalized));
}

void check_every_code_point(const char* name, const BertNormalizerOptions& options) {
  const Digests expected = reference("code_point_digests.json", name);
  REQUIRE(expected.size() == 0x110000 / tests::kBlock);
  for (char32_t block = 0; block < expected.size(); ++block) {
    tests::TokenDigest digest;
    tests::for_each_code_point_text(block, [&](const std::u32string& text) { fold(digest, text, options); });
    CHECK_MESSAGE(digest.text() == expected[block], "block from code point " << block * tests::kBlock);
  }
}

void check_drawn_texts(const char* name, const BertNormalizerOptions& options) {
  tests::FuzzTexts texts;
  for (const std::string& expected : reference("fuzz_digests.json", name)) {
    tests::TokenDigest digest;
    for (int i = 0; i < 1000; ++i) fold(digest, texts.next(), options);
    CHECK(digest.text() == expected);
  }
}

}  // namespace

TEST_CASE("every code point is normalized and split as by the Rust tokenizers: uncased") {
  check_every_code_point("uncased", kUncased);
}

TEST_CASE("every code point is normalized and split as by the Rust tokenizers: cased") {
  check_every_code_point("cased", kCased);
}

TEST_CASE("every code point is normalized and split as by the Rust tokenizers: lower case with accents kept") {
  check_every_code_point("lower_keeping_accents", kLowerKeepingAccents);
}

TEST_CASE("20000 drawn texts of mixed scripts and stacked marks are normalized as by the Rust tokenizers") {
  check_drawn_texts("uncased", kUncased);
  check_drawn_texts("cased", kCased);
  check_drawn_texts("lower_keeping_accents", kLowerKeepingAccents);
}

TEST_CASE("normalizing a normalized text changes nothing") {
  tests::FuzzTexts texts;
  for (int i = 0; i < 2000; ++i) {
    const std::u32string once = normalize_as_bert(texts.next(), {.handle_chinese_chars = false});
    CHECK(normalize_as_bert(once, {.handle_chinese_chars = false}) == once);
  }
}
