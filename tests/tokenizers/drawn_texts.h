// The texts that tests/reference/make_bpe_reference.py draws, drawn once more.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tandem/tokenizers/utf8.h"
#include "tokenizers/token_digest.h"

namespace tandem::tests {

/// particle_texts(): contractions, white space, special tokens and other troublemakers, one behind
/// the other.
class ParticleTexts {
 public:
  std::string next() {
    static const std::array<std::string, 34> kParticles = {"'s",
                                                           "'re",
                                                           "'",
                                                           "'LL",
                                                           "\u2019",
                                                           "a",
                                                           "S",
                                                           "t",
                                                           "the",
                                                           "dog",
                                                           "1",
                                                           "23",
                                                           " ",
                                                           "  ",
                                                           "\n",
                                                           "\u00a0",
                                                           "!",
                                                           "...",
                                                           "<s>",
                                                           "</s>",
                                                           "<mask>",
                                                           " <mask>",
                                                           "<pad>",
                                                           "[UNK]",
                                                           "<|endoftext|>",
                                                           "<|STARTofTEXT|>",
                                                           "\u00c9",
                                                           "e\u0301",
                                                           "\u0130",
                                                           "\u00df",
                                                           "\u4e2d",
                                                           "\U0001f436",
                                                           "##s",
                                                           "<"};
    std::string text;
    for (std::uint64_t left = draw_(16); left > 0; --left) text += kParticles[draw_(kParticles.size())];
    return text;
  }

 private:
  Draw draw_;
};

/// byte_texts(), before Python repairs them: bytes, few of which are UTF-8.
class ByteTexts {
 public:
  std::string next() {
    std::string text;
    for (std::uint64_t left = draw_(40); left > 0; --left) text.push_back(static_cast<char>(byte()));
    return text;
  }

 private:
  std::uint64_t byte() {
    if (draw_(2) != 0) return draw_(256);
    return draw_(2) != 0 ? 0x61 + draw_(26) : 0xC2 + draw_(0x33);
  }

  Draw draw_;
};

/// long_texts(): one word of thousands of characters each.
class LongTexts {
 public:
  std::string next() {
    static constexpr std::array<char32_t, 7> kFirsts = {0x61, 0x30, 0x21, 0xE0, 0x430, 0x4E00, 0x1F600};
    const std::uint64_t letters = 1 + draw_(6);
    const char32_t first = kFirsts[draw_(kFirsts.size())];
    std::string text;
    for (std::uint64_t left = draw_(8000); left > 0; --left)
      append_utf8(text, first + static_cast<char32_t>(draw_(letters)));
    return text;
  }

 private:
  Draw draw_;
};

}  // namespace tandem::tests
