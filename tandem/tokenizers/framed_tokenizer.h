// The steps of every Hugging Face tokenizer around its model: find added tokens in the text,
// normalize the text between them, cut to length, and add special tokens before and after.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/tokenizers/tokenizer.h"

namespace tandem {

/// A token that is found in the text literally, before or after normalization: "[SEP]".
struct AddedToken {
  std::string content;
  std::int64_t id = 0;
  bool left_strip = false;   ///< also removes the white space before it
  bool right_strip = false;  ///< also removes the white space after it
  bool normalized = false;   ///< searched for in the normalized text

  bool operator==(const AddedToken&) const = default;
};

/// The segments ("token type ids") that a tokenizer gives its tokens. If all are empty or 0, every
/// token is in the first segment.
struct SegmentIds {
  std::vector<std::int64_t> before;  ///< for the ids of TokenFrame::before
  std::int64_t text = 0;
  std::vector<std::int64_t> after;  ///< for the ids of TokenFrame::after

  std::int64_t largest() const;
};

/// The special tokens around a text, and the added tokens that may occur in it.
struct TokenFrame {
  std::vector<AddedToken> added_tokens;  ///< empty: no token is searched for in the text
  std::vector<std::int64_t> before;      ///< ids before every text: [CLS]
  std::vector<std::int64_t> after;       ///< ids after every text: [SEP]
  std::int64_t pad_id = 0;
  SegmentIds segments;
};

class FramedTokenizer : public Tokenizer {
 public:
  std::vector<std::int64_t> encode(std::string_view text, std::int64_t max_tokens) const final;
  std::int64_t pad_id() const final { return frame_.pad_id; }
  std::int64_t vocabulary_size() const final { return vocabulary_size_; }

 protected:
  using Normalize = std::function<std::u32string(std::u32string_view)>;

  /// Throws c10::ValueError if an added token is empty.
  ///
  ///   vocabulary_size  one more than the largest id of the model's vocabulary
  FramedTokenizer(TokenFrame frame, Normalize normalize, std::int64_t vocabulary_size);

  /// Appends the ids of normalized text without added tokens. `text` is not empty.
  virtual void append_ids(std::u32string_view text, std::vector<std::int64_t>& ids) const = 0;

 private:
  struct Needle {
    std::u32string content;  // as it is searched for: normalized if the token is
    AddedToken token;
  };

  template <typename Between>
  void cut(std::u32string_view text, const std::vector<Needle>& needles, std::vector<std::int64_t>& ids,
           Between between) const;

  TokenFrame frame_;
  Normalize normalize_;
  std::vector<Needle> raw_needles_;
  std::vector<Needle> normalized_needles_;
  std::int64_t vocabulary_size_ = 0;
};

}  // namespace tandem
