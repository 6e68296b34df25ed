#include "fuzz/fuzz.h"
#include "tandem/tokenizers/byte_bpe_folder.h"

using namespace tandem;

/// The bytes as vocab.json, behind a NUL merges.txt, behind another tokenizer_config.json.
TANDEM_FUZZ_TARGET(byte_vocabulary) {
  static fuzz::Folder folder;
  std::string_view text = fuzz::text_of(data, size);
  for (const char* name : {"vocab.json", "merges.txt", "tokenizer_config.json"}) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    folder.write(name, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (text.empty()) std::filesystem::remove(folder.path() / "tokenizer_config.json");
  }
  for (const auto open : {open_roberta_bpe, open_clip_bpe}) {
    fuzz::answer([&] {
      const OpenedTokenizer opened = open(folder.path());
      for (const std::int64_t id :
           opened.tokenizer->encode("A dog, unaffable \xc3\xa9 <mask></s><|endoftext|>", 4096)) {
        if (id < 0 || id >= opened.tokenizer->vocabulary_size()) std::abort();
      }
    });
  }
  return 0;
}

TANDEM_LARGE_SEEDS(byte_vocabulary) {
  const std::string special = R"({"<s>":0,"</s>":1,"<pad>":2,"<unk>":3,"<mask>":4,"a":5,"b":6,"ab":7)";
  const std::string end = std::string("}\0", 2);
  return {special + fuzz::counted(",\"t", "\":8", 100'000) + end + fuzz::repeated("a b\n", 300'000),
          special + fuzz::counted(",\"", "\":8", 100'000) + end,
          special + R"(,")" + fuzz::repeated("ab", 200'000) + R"(":8)" + end + "a b\n", fuzz::nested_lists(1'000'000)};
}
