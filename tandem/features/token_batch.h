// Captions of different lengths as one batch for a text encoder.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/encoders/model_folder.h"

namespace tandem {

using TokenRows = std::vector<std::vector<std::int64_t>>;

/// The captions' token ids, cut to the tower's max_tokens.
TokenRows tokenize(const TextTower& tower, const std::vector<std::string>& captions);

struct TokenBatch {
  at::Tensor ids;     ///< [B, T] int64, T the longest row's length
  at::Tensor mask;    ///< [B, T] bool, true for a token
  at::Tensor to_end;  ///< [B, T] bool, true up to the token that Pooling::kLast takes
};

/// The chosen rows, padded to the longest of them.
TokenBatch pad_tokens(const TextTower& tower, const TokenRows& tokens, const std::vector<std::int64_t>& rows);

}  // namespace tandem
