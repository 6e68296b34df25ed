#include "tandem/features/token_batch.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

namespace tandem {

TokenRows tokenize(const TextTower& tower, const std::vector<std::string>& captions) {
  TokenRows tokens;
  tokens.reserve(captions.size());
  for (const std::string& caption : captions) tokens.push_back(tower.tokenizer->encode(caption, tower.max_tokens));
  return tokens;
}

TokenBatch pad_tokens(const TextTower& tower, const TokenRows& tokens, const std::vector<std::int64_t>& rows) {
  std::size_t longest = 0;
  for (const std::int64_t row : rows) longest = std::max(longest, tokens[row].size());
  const auto size = static_cast<std::int64_t>(rows.size());
  const auto length = static_cast<std::int64_t>(longest);
  TokenBatch batch{.ids = at::full({size, length}, tower.tokenizer->pad_id(), at::kLong),
                   .mask = at::zeros({size, length}, at::kBool),
                   .to_end = at::zeros({size, length}, at::kBool)};
  for (std::int64_t b = 0; b < size; ++b) {
    const std::vector<std::int64_t>& row = tokens[rows[b]];
    std::copy(row.begin(), row.end(), batch.ids[b].data_ptr<std::int64_t>());
    batch.mask[b].narrow(0, 0, static_cast<std::int64_t>(row.size())).fill_(true);
    batch.to_end[b].narrow(0, 0, tower.encoder->end_place(row) + 1).fill_(true);
  }
  return batch;
}

}  // namespace tandem
