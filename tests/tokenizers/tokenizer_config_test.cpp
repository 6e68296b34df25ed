#include "tandem/tokenizers/tokenizer_config.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/byte_bpe_folder.h"
#include "tandem/tokenizers/word_piece_folder.h"
#include "test_data.h"

using namespace tandem;

namespace {

using Path = std::filesystem::path;
using Numbers = std::vector<std::int64_t>;

constexpr std::int64_t kAnyLength = std::int64_t{1} << 40;

/// A folder of small files: text as it is, anything else as JSON.
struct SmallFolder {
  tests::ScratchFolder scratch;

  explicit SmallFolder(const Json& files) {
    for (const auto& [name, content] : files.items()) {
      if (content.is_string()) {
        write_file(scratch / name, content.get<std::string>());
      } else {
        write_json(scratch / name, content);
      }
    }
  }

  OpenedTokenizer open(const std::string& family = "bert") const {
    return family == "roberta" ? open_roberta_bpe(scratch.path()) : open_word_piece(scratch.path());
  }

  std::string complaint(const std::string& family = "bert") const {
    try {
      open(family);
    } catch (const FileError& error) {
      const std::string words = error.what();
      const std::string folder = scratch.path().string();
      return words.substr(folder.size() + 1);
    }
    return "nothing";
  }
};

SmallFolder small_folder(const Json& files) { return SmallFolder(files); }

const char* const kWords = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ndog\n";

std::string complaint_about_config(const Json& config) {
  return small_folder({{"vocab.txt", kWords}, {"tokenizer_config.json", config}}).complaint();
}

/// The segments of a text with so many tokens.
Numbers segments_of_text(const SegmentIds& segments, std::size_t tokens) {
  Numbers all = segments.before;
  if (all.empty() && segments.after.empty()) return Numbers(tokens, 0);
  all.resize(tokens - segments.after.size(), segments.text);
  all.insert(all.end(), segments.after.begin(), segments.after.end());
  return all;
}

}  // namespace

TEST_CASE("folders whose files disagree give the ids segments and lengths of AutoTokenizer") {
  const Json cases = read_json(tests::reference_dir() / "folders" / "tokenizers.json");
  CHECK(cases.size() > 30);
  for (const Json& one : cases) {
    const auto name = one.at("name").get<std::string>();
    CAPTURE(name);
    const SmallFolder folder(one.at("files"));
    const OpenedTokenizer opened = folder.open(one.at("family"));
    const Json& limit = one.at("max_tokens");
    CHECK(opened.max_tokens == (limit.is_null() ? std::nullopt : std::optional(limit.get<std::int64_t>())));
    for (std::size_t i = 0; i < one.at("texts").size(); ++i) {
      const auto text = one.at("texts")[i].get<std::string>();
      CAPTURE(text);
      const Numbers ids = opened.tokenizer->encode(text, opened.max_tokens.value_or(kAnyLength));
      CHECK(ids == one.at("ids")[i].get<Numbers>());
      const auto segments = one.at("segments")[i].get<Numbers>();
      CHECK(segments_of_text(opened.segments, ids.size()) == (segments.empty() ? Numbers(ids.size(), 0) : segments));
    }
  }
}

TEST_CASE("what is read otherwise than before is told and what is not is not") {
  const Json config = {{"added_tokens_decoder", {{"6", {{"content", "<x>"}}}}}};
  CHECK(small_folder({{"vocab.txt", kWords}}).open().rules.empty());
  const OpenedTokenizer added = small_folder({{"vocab.txt", kWords}, {"tokenizer_config.json", config}}).open();
  CHECK(added.rules == std::vector<std::string>{"added tokens"});
  CHECK(added.tokenizer->vocabulary_size() == 7);
  const OpenedTokenizer files = small_folder({{"vocab.txt", kWords}, {"added_tokens.json", {{"<x>", 6}}}}).open();
  CHECK(files.files == std::vector<std::string>{"added_tokens.json", "vocab.txt"});
  const Json same = {{"mask_token", "[MASK]"}};
  CHECK(small_folder({{"vocab.txt", kWords}, {"tokenizer_config.json", same}, {"special_tokens_map.json", same}})
            .open()
            .files == std::vector<std::string>{"tokenizer_config.json", "vocab.txt"});
}

TEST_CASE("small files of a tokenizer that make no sense are refused by field") {
  CHECK(complaint_about_config(Json::object()) == "nothing");
  CHECK(complaint_about_config({{"model_max_length", -1}}) ==
        "tokenizer_config.json: expected \"model_max_length\" of 1 or more, found the number -1");
  CHECK(complaint_about_config({{"model_max_length", 7.5}}) ==
        "tokenizer_config.json: expected \"model_max_length\" of 1 or more, found the number 7.5");
  CHECK(complaint_about_config({{"split_special_tokens", true}}) ==
        "tokenizer_config.json: expected \"split_special_tokens\" to be false, found true");
  CHECK(complaint_about_config({{"tokenizer_class", "BertJapaneseTokenizer"}}) ==
        "tokenizer_config.json: expected \"tokenizer_class\" to be one of BertTokenizer, DistilBertTokenizer, "
        "ElectraTokenizer, "
        "PreTrainedTokenizerFast, found \"BertJapaneseTokenizer\"");
  CHECK(complaint_about_config({{"tokenizer_class", "PreTrainedTokenizerFast"}}) ==
        "tokenizer_config.json: expected a tokenizer.json for PreTrainedTokenizerFast, found none");
  CHECK(complaint_about_config({{"added_tokens_decoder", {{"x", {{"content", "<x>"}}}}}}) ==
        "tokenizer_config.json: expected token ids from 0 to 2^31 - 1 in \"added_tokens_decoder\", found \"x\"");
  CHECK(small_folder({{"vocab.txt", kWords}, {"added_tokens.json", {{"<x>", 6.5}}}}).complaint() ==
        "added_tokens.json: expected a whole number from -9223372036854775808 to 9223372036854775807 as field \"<x>\", "
        "found the number 6.5");
  // transformers gives it 6 without a word.
  CHECK_THROWS_WITH_AS(
      small_folder({{"vocab.txt", kWords}, {"added_tokens.json", {{"<x>", 9}}}}).open(),
      doctest::Contains("expected the added token \"<x>\" under the id 6, its own or the next that is free, found 9"),
      FileError);
}

TEST_CASE("a vocabulary with a word or an id twice or a NUL byte is refused") {
  CHECK(small_folder({{"vocab.txt", std::string(kWords) + "cat\ndog\n"}}).complaint() ==
        "vocab.txt: expected each word once, found \"dog\" again in line 8");
  CHECK(small_folder({{"vocab.txt", std::string(kWords) + "\n\n"}}).complaint() == "nothing");
  CHECK(small_folder({{"vocab.txt", std::string(kWords) + std::string("c\0t\n", 4)}}).complaint() ==
        "vocab.txt: expected words without NUL bytes, found one");
  const auto of_json = [](const std::string& vocabulary) {
    return small_folder({{"vocab.json", vocabulary}, {"merges.txt", ""}}).complaint("roberta");
  };
  CHECK(of_json(R"({"<s>": 0, "</s>": 1, "<unk>": 2, "<pad>": 3, "<mask>": 4})") == "nothing");
  CHECK(of_json(R"({"<s>": 0, "</s>": 1, "<unk>": 2, "<pad>": 3, "<mask>": 4, "a": 4})") ==
        "vocab.json: expected an id of its own for each token of the vocabulary, found 4 for \"<mask>\" and \"a\"");
  CHECK(of_json(R"({"<s>": 0, "<s>": 1})") ==
        "vocab.json: expected each field of an object once, found the string \"<s>\" twice");
  CHECK(of_json(R"({"a\u0000": 0})") ==
        "vocab.json: expected tokens without NUL bytes in the vocabulary, found \"a\\u0000\"");
  CHECK(of_json(R"({"a": 0.5})") ==
        "vocab.json: expected token ids from 0 to 2^31 - 1, found the number 0.5 for \"a\"");
}
