// The digests and texts of tests/reference/make_tokenizer_reference.py, spelled out once more.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tandem::tests {

/// FNV-1a with 64-bit words.
class TokenDigest {
 public:
  void fold(std::uint64_t word) { value_ = (value_ ^ word) * 1099511628211U; }

  void fold_ids(const std::vector<std::int64_t>& ids) {
    fold(ids.size());
    for (const std::int64_t id : ids) fold(static_cast<std::uint64_t>(id));
  }

  void fold_pieces(const std::vector<std::u32string_view>& pieces) {
    fold(pieces.size());
    for (const std::u32string_view piece : pieces) {
      fold(piece.size());
      for (const char32_t code_point : piece) fold(code_point);
    }
  }

  /// 16 hexadecimal digits.
  std::string text() const {
    std::string digits(16, '0');
    for (int i = 0; i < 16; ++i) digits[static_cast<std::size_t>(15 - i)] = "0123456789abcdef"[value_ >> (4 * i) & 15];
    return digits;
  }

 private:
  std::uint64_t value_ = 14695981039346656037U;
};

inline constexpr char32_t kBlock = 4096;

/// Every code point of a block alone and inside a word; surrogates are left out.
template <typename Visit>
void for_each_code_point_text(char32_t block, Visit visit) {
  for (char32_t c = block * kBlock; c < (block + 1) * kBlock; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    visit(std::u32string{c});
    visit(std::u32string{U'a', c, U'b'});
  }
}

/// make_draw() of make_tokenizer_reference.py.
class Draw {
 public:
  std::uint64_t operator()(std::uint64_t below) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33) % below;
  }

 private:
  std::uint64_t state_ = 1;
};

/// The texts of fuzz_texts() in make_tokenizer_reference.py.
class FuzzTexts {
 public:
  static constexpr int kCount = 20000;

  std::u32string next() {
    using Pool = std::pair<char32_t, char32_t>;
    static constexpr std::array<Pool, 22> kPools = {
        {{0x20, 0x7E},       {0x41, 0x5A},       {0x00, 0x2FF},      {0x300, 0x36F},     {0x370, 0x52F},
         {0x591, 0x6ED},     {0x900, 0xDFF},     {0xE00, 0x11FF},    {0x1AB0, 0x1AFF},   {0x1DC0, 0x1FFF},
         {0x2000, 0x2BFF},   {0x2E00, 0x30FF},   {0x4E00, 0x4EFF},   {0xA640, 0xABFF},   {0xAC00, 0xD7A3},
         {0xF900, 0xFFFF},   {0x10000, 0x12FFF}, {0x16000, 0x16FFF}, {0x1D100, 0x1D24F}, {0x1E000, 0x1E9FF},
         {0x1F000, 0x1FAFF}, {0x20D0, 0x20F0}}};
    std::array<Pool, 3> pools;
    for (Pool& pool : pools) pool = kPools[draw_(kPools.size())];
    std::u32string text;
    const std::uint64_t length = draw_(40);
    for (std::uint64_t i = 0; i < length; ++i) {
      const auto [first, last] = pools[draw_(3)];
      text.push_back(first + static_cast<char32_t>(draw_(last - first + 1)));
    }
    return text;
  }

 private:
  Draw draw_;
};

}  // namespace tandem::tests
