// What every Hugging Face tokenizer does around its model: recognise added tokens in the text,
// normalize what lies between them, cut to length, and put special tokens in front and behind.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/tokenizers/tokenizer.h"

namespace tandem {

/// A token that is recognised in the text as it stands, before or after it is normalized: "[SEP]".
struct AddedToken {
  std::string content;
  std::int64_t id = 0;
  bool left_strip = false;   ///< swallows the white space before it
  bool right_strip = false;  ///< swallows the white space behind it
  bool normalized = false;   ///< looked for in the normalized text

  bool operator==(const AddedToken&) const = default;
};

/// The segments ("token type ids") a tokenizer numbers its tokens with. Empty or all 0: every token
/// is of the first segment.
struct SegmentIds {
  std::vector<std::int64_t> before;  ///< of TokenFrame::before
  std::int64_t text = 0;
  std::vector<std::int64_t> after;  ///< of TokenFrame::after

  std::int64_t largest() const;
};

/// What stands around a text and may stand in it.
struct TokenFrame {
  std::vector<AddedToken> added_tokens;  ///< empty: none is recognised in the text
  std::vector<std::int64_t> before;      ///< ids in front of every text: [CLS]
  std::vector<std::int64_t> after;       ///< ids behind every text: [SEP]
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
  ///   vocabulary_size  one more than the largest id of the model's
  FramedTokenizer(TokenFrame frame, Normalize normalize, std::int64_t vocabulary_size);

  /// Appends the ids of normalized text without added tokens. `text` is not empty.
  virtual void append_ids(std::u32string_view text, std::vector<std::int64_t>& ids) const = 0;

 private:
  struct Needle {
    std::u32string content;  // as it is looked for: normalized where the token is
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
