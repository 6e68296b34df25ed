#include "fuzz/fuzz.h"
#include "tandem/tokenizers/byte_bpe_folder.h"
#include "tandem/tokenizers/word_piece_folder.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(tokenizer_json) {
  static fuzz::Folder folder;
  folder.write("tokenizer.json", fuzz::text_of(data, size));
  for (const auto open : {open_word_piece, open_mpnet_word_piece, open_roberta_bpe, open_clip_bpe}) {
    fuzz::answer([&] {
      const OpenedTokenizer opened = open(folder.path());
      for (const char* text :
           {"", "A dog, unaffable \xc3\xa9\xf0\x9f\x90\x95 1234", "[MASK]<mask> </s><|endoftext|>", "\xff\xc3"}) {
        for (const std::int64_t id : opened.tokenizer->encode(text, 4096)) {
          if (id < 0 || id >= opened.tokenizer->vocabulary_size()) std::abort();
        }
      }
    });
  }
  return 0;
}

TANDEM_LARGE_SEEDS(tokenizer_json) {
  const std::string sequence = R"({"type":"Sequence","processors":[)";
  const std::string nested = fuzz::repeated(sequence, 100'000) + fuzz::repeated("]}", 100'000);
  const std::string model = R"("model":{"type":"WordPiece","unk_token":"t0","vocab":{)" +
                            fuzz::counted("\"t", "\":0,", 100'000) + R"("[PAD]":0}})";
  const std::string bert =
      R"({"normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"},)" + model;
  return {fuzz::nested_lists(1'000'000), R"({"post_processor":)" + nested + "}",
          bert + R"(,"post_processor":)" + nested + "}",
          bert + R"(,"added_tokens":[)" + fuzz::counted(R"({"content":"t)", "\",\"id\":1},", 10'000) +
              R"({"content":"z","id":0}],"post_processor":{"type":"BertProcessing","cls":["t0",0],"sep":["t0",0]}})"};
}
