// NumPy's array files (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a
// magic, a version, the length of a header, the header (a Python dictionary of 'descr',
// 'fortran_order' and 'shape'), the array.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>

namespace tandem {

/// Reads versions 1 to 3 of little-endian float16, float32, float64, int32 and int64 arrays in C
/// order, of up to 8 dimensions. The tensor is a view onto the map of the file, read-only (callers
/// must not write through it), and keeps it alive.
/// Throws FileError if the file is none, is cut off or longer than its header says, holds Python
/// objects, another type or another order. What the header claims is checked before it is used;
/// nothing of it is ever run.
at::Tensor read_npy(const std::filesystem::path& path);

/// Writes the tensor (moved to the CPU, made contiguous), whole or not at all, as numpy.save does:
/// version 1.0.
/// Throws FileError if the file cannot be written, c10::ValueError if its type is none of those
/// above.
void write_npy(const std::filesystem::path& path, const at::Tensor& tensor);

}  // namespace tandem
