// The three tokenizers of make_bpe_reference.py against Hugging Face's answers, text by text.
#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/byte_bpe_folder.h"
#include "tandem/tokenizers/utf8.h"
#include "tandem/tokenizers/word_piece_folder.h"
#include "test_data.h"
#include "tokenizers/drawn_texts.h"
#include "tokenizers/token_digest.h"

using namespace tandem;

namespace {

using Path = std::filesystem::path;
using Digests = std::vector<std::string>;
using Ids = std::vector<std::int64_t>;

constexpr std::int64_t kNoLimit = std::int64_t{1} << 40;

struct Trained {
  const char* name;
  OpenedTokenizer (*open)(const Path& folder);
};

constexpr Trained kTrained[] = {
    {"roberta", open_roberta_bpe}, {"clip", open_clip_bpe}, {"mpnet", open_mpnet_word_piece}};

Path folder_of(const Trained& trained) { return tests::reference_dir() / "tokenizer" / trained.name; }

std::vector<std::string> hard_texts() {
  std::vector<std::string> texts;
  for (const Json& example : read_json(tests::reference_dir() / "tokenizer" / "hard_corpus.json"))
    texts.push_back(example.at("text"));
  for (const Json& text : read_json(tests::reference_dir() / "tokenizer" / "more_texts.json")) texts.push_back(text);
  return texts;
}

void check_hard_texts(const Tokenizer& tokenizer, const Digests& expected, const std::string& name) {
  const std::vector<std::string> texts = hard_texts();
  REQUIRE(texts.size() == expected.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    tests::TokenDigest digest;
    digest.fold_ids(tokenizer.encode(texts[i], kNoLimit));
    CHECK_MESSAGE(digest.text() == expected[i], name << ": " << texts[i]);
  }
}

/// One digest for every `size` texts that `next` gives.
void check_drawn(const char* kind, std::size_t size, const std::function<std::function<std::string()>()>& make) {
  for (const Trained& trained : kTrained) {
    const auto tokenizer = trained.open(folder_of(trained)).tokenizer;
    const auto expected = read_json(folder_of(trained) / "digests.json").at(kind).get<Digests>();
    REQUIRE(!expected.empty());
    const auto next = make();
    std::size_t wrong = 0;
    for (const std::string& wanted : expected) {
      tests::TokenDigest digest;
      for (std::size_t i = 0; i < size; ++i) digest.fold_ids(tokenizer->encode(next(), kNoLimit));
      wrong += digest.text() != wanted;
    }
    CHECK_MESSAGE(wrong == 0, std::string(trained.name) << " differs in " << wrong << " of " << expected.size()
                                                        << " batches of " << std::string(kind));
  }
}

template <typename Texts>
std::function<std::function<std::string()>()> drawn_by() {
  return [] { return [texts = Texts()]() mutable { return texts.next(); }; };
}

/// tokenizer.json's vocabulary in the two files that came before it.
void write_vocabulary_files(const Path& tokenizer, const Path& folder) {
  const Json model = read_json(tokenizer).at("model");
  write_json(folder / "vocab.json", model.at("vocab"));
  std::string merges = "#version: 0.2\n";
  for (const Json& merge : model.at("merges"))
    merges += merge[0].get<std::string>() + " " + merge[1].get<std::string>() + "\n";
  write_file(folder / "merges.txt", merges);
}

}  // namespace

TEST_CASE("hard texts get the ids Hugging Face gives them from every trained tokenizer") {
  for (const Trained& trained : kTrained) {
    const OpenedTokenizer opened = trained.open(folder_of(trained));
    CHECK(opened.files == std::vector<std::string>{"tokenizer.json"});
    check_hard_texts(*opened.tokenizer, read_json(folder_of(trained) / "hard.json").get<Digests>(), trained.name);
  }
}

TEST_CASE("vocabulary files alone give the tokenizer that transformers makes of them") {
  for (const Trained& trained : kTrained) {
    const tests::ScratchFolder folder;
    std::vector<std::string> files = {"vocab.json", "merges.txt"};
    if (std::string(trained.name) == "mpnet") {
      files = {"vocab.txt"};
      std::filesystem::copy(folder_of(trained) / "vocab.txt", folder / "vocab.txt");
    } else {
      write_vocabulary_files(folder_of(trained) / "tokenizer.json", folder.path());
    }
    const OpenedTokenizer opened = trained.open(folder.path());
    CHECK(opened.files == files);
    check_hard_texts(*opened.tokenizer, read_json(folder_of(trained) / "files.json").get<Digests>(), trained.name);
  }
}

TEST_CASE("add_prefix_space in tokenizer_config.json goes before tokenizer.json") {
  const tests::ScratchFolder folder;
  std::filesystem::copy(folder_of(kTrained[0]) / "tokenizer.json", folder / "tokenizer.json");
  write_json(folder / "tokenizer_config.json", {{"add_prefix_space", true}});
  const OpenedTokenizer opened = open_roberta_bpe(folder.path());
  check_hard_texts(*opened.tokenizer, read_json(folder_of(kTrained[0]) / "prefix_space.json").get<Digests>(),
                   "roberta");
}

TEST_CASE("end tokens in CLIP's regular expression keep them apart from what follows") {
  const tests::ScratchFolder folder;
  Json document = read_json(folder_of(kTrained[1]) / "tokenizer.json");
  for (Json& token : document.at("added_tokens")) token["normalized"] = false;
  Json& pattern = document.at("pre_tokenizer").at("pretokenizers")[0].at("pattern").at("Regex");
  pattern = R"(<\|startoftext\|>|<\|endoftext\|>|)" + pattern.get<std::string>();
  write_json(folder / "tokenizer.json", document);
  const OpenedTokenizer opened = open_clip_bpe(folder.path());
  tests::ParticleTexts texts;
  for (const std::string& expected : read_json(folder_of(kTrained[1]) / "ends_apart.json").get<Digests>()) {
    tests::TokenDigest digest;
    for (int i = 0; i < 1000; ++i) digest.fold_ids(opened.tokenizer->encode(texts.next(), kNoLimit));
    CHECK(digest.text() == expected);
  }
}

TEST_CASE("every code point alone and inside a word gets the ids Hugging Face gives it from every trained tokenizer" *
          doctest::test_suite("slow")) {
  for (const Trained& trained : kTrained) {
    const auto tokenizer = trained.open(folder_of(trained)).tokenizer;
    const auto expected = read_json(folder_of(trained) / "digests.json").at("code_points").get<Digests>();
    REQUIRE(expected.size() == 0x110000 / tests::kBlock);
    for (char32_t block = 0; block < expected.size(); ++block) {
      tests::TokenDigest digest;
      tests::for_each_code_point_text(
          block, [&](const std::u32string& text) { digest.fold_ids(tokenizer->encode(encode_utf8(text), kNoLimit)); });
      CHECK_MESSAGE(digest.text() == expected[block], std::string(trained.name)
                                                          << " block from code point " << block * tests::kBlock);
    }
  }
}

TEST_CASE("100000 drawn texts get the ids Hugging Face gives them from every trained tokenizer" *
          doctest::test_suite("slow")) {
  check_drawn("fuzz", 1000,
              [] { return [texts = tests::FuzzTexts()]() mutable { return encode_utf8(texts.next()); }; });
}

TEST_CASE("50000 rows of random bytes get the ids of the text Python repairs them to") {
  check_drawn("bytes", 1000, drawn_by<tests::ByteTexts>());
}

TEST_CASE("50000 rows of contractions and special tokens get the ids Hugging Face gives them") {
  check_drawn("particles", 1000, drawn_by<tests::ParticleTexts>());
}

TEST_CASE("words of thousands of characters get the ids Hugging Face gives them") {
  check_drawn("long", 20, drawn_by<tests::LongTexts>());
}

TEST_CASE("every Flickr8k caption gets the ids Hugging Face gives it from every trained tokenizer" *
          doctest::test_suite("data")) {
  const Path captions = tests::shared_dir() / "data" / "flickr8k" / "Flickr8k.token.txt";
  TANDEM_SKIP_WITHOUT(captions);
  std::ifstream file(captions);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line.substr(line.find('\t') + 1));
  for (const Trained& trained : kTrained) {
    const auto tokenizer = trained.open(folder_of(trained)).tokenizer;
    const auto expected = read_json(folder_of(trained) / "digests.json").at("flickr8k").get<Digests>();
    REQUIRE(expected.size() == (lines.size() + 999) / 1000);
    for (std::size_t batch = 0; batch < expected.size(); ++batch) {
      tests::TokenDigest digest;
      for (std::size_t i = batch * 1000; i < std::min(lines.size(), (batch + 1) * 1000); ++i) {
        digest.fold_ids(tokenizer->encode(lines[i], kNoLimit));
      }
      CHECK_MESSAGE(digest.text() == expected[batch], std::string(trained.name) << " captions from " << batch * 1000);
    }
  }
}

TEST_CASE("a text is cut as Hugging Face cuts it by every trained tokenizer") {
  for (const Trained& trained : kTrained) {
    const auto tokenizer = trained.open(folder_of(trained)).tokenizer;
    const Json document = read_json(folder_of(trained) / "truncation.json");
    for (const Json& cut : document.at("cut")) {
      CHECK(tokenizer->encode(document.at("text").get<std::string>(), cut.at("max_tokens")) ==
            cut.at("ids").get<Ids>());
    }
  }
}

TEST_CASE("a long word costs little more than its length") {
  const auto tokenizer = open_clip_bpe(folder_of(kTrained[1])).tokenizer;
  const auto own_milliseconds = [] {  // of the processor on this thread: other programs do not count
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
  };
  const auto milliseconds = [&](std::size_t length) {
    std::string word;
    for (std::size_t i = 0; i < length; ++i) word.push_back("abcdefghij"[i * i % 10]);
    double best = 1e9;
    for (int repeat = 0; repeat < 5; ++repeat) {
      const double begin = own_milliseconds();
      tokenizer->encode(word, 77);
      best = std::min(best, own_milliseconds() - begin);
    }
    return best;
  };
  // A quadratic one would take 1024 times as long.
  CHECK(milliseconds(320000) < 150 * milliseconds(10000));
}
