// XXH3, 128 bits: detects flipped bits and cut files at memory speed. It is no defence against an
// adversary.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tandem {

/// Collects bytes and computes their checksum. How the bytes are split into pieces makes no
/// difference.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;

  Checksum& add(std::string_view bytes);
  /// Adds the text and its length, so that {"ab", "c"} and {"a", "bc"} differ.
  Checksum& add_field(std::string_view text);
  /// The checksum so far, 32 hexadecimal digits.
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string checksum_of(std::string_view bytes);

}  // namespace tandem
