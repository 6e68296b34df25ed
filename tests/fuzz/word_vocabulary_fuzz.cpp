#include "fuzz/fuzz.h"
#include "tandem/tokenizers/word_piece_folder.h"

using namespace tandem;

/// The bytes as vocab.txt; what stands behind a NUL as tokenizer_config.json.
TANDEM_FUZZ_TARGET(word_vocabulary) {
  static fuzz::Folder folder;
  const std::string_view text = fuzz::text_of(data, size);
  const std::size_t end = text.find('\0');
  folder.write("vocab.txt", text.substr(0, end));
  std::filesystem::remove(folder.path() / "tokenizer_config.json");
  if (end != std::string_view::npos) folder.write("tokenizer_config.json", text.substr(end + 1));
  for (const auto open : {open_word_piece, open_mpnet_word_piece}) {
    fuzz::answer([&] {
      const OpenedTokenizer opened = open(folder.path());
      for (const std::int64_t id : opened.tokenizer->encode("A dog, unaffable \xc3\xa9 [MASK] <mask>", 4096)) {
        if (id < 0 || id >= opened.tokenizer->vocabulary_size()) std::abort();
      }
    });
  }
  return 0;
}

TANDEM_LARGE_SEEDS(word_vocabulary) {
  const std::string special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n<s>\n</s>\n<pad>\n<mask>\n";
  return {special + fuzz::counted("t", "\n", 300'000), special + fuzz::repeated("\n", 1'000'000),
          special + fuzz::repeated("#", 2'000'000)};
}
