// The AMX twin of int8_products, in a file of its own because it asks the system for the tiles.
#pragma once

#include <cstdint>

namespace tandem {

/// Whether the processor has AMX int8 and the kernel lets this process use it.
bool amx_int8_usable();

/// As int8_products, but products are those of codes without the subtraction of 128: the caller
/// subtracts. Only if amx_int8_usable().
void amx_products(const std::uint8_t* blocks, std::int64_t block_count, std::int64_t width, const std::int8_t* queries,
                  std::int64_t count, std::int32_t* products, std::int64_t stride);

}  // namespace tandem
