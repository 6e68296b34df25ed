#include "tandem/tokenizers/utf8.h"

#include <doctest/doctest.h>

#include <string>

#include "tandem/storage/json_file.h"
#include "test_data.h"

using namespace tandem;

TEST_CASE("every code point survives encoding and decoding") {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string bytes;
    append_utf8(bytes, c);
    REQUIRE(decode_utf8(bytes) == std::u32string{c});
  }
}

TEST_CASE("bytes that are not UTF-8 become replacement characters as in Python") {
  for (const Json& example : read_json(tests::reference_dir() / "tokenizer" / "invalid_utf8.json")) {
    const auto hex = example.at("hex").get<std::string>();
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
      bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    CHECK_MESSAGE(encode_utf8(decode_utf8(bytes)) == example.at("text").get<std::string>(), hex);
  }
}
