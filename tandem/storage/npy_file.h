// NumPy's array files (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html):
// magic bytes, a version, the length of the header, the header (a Python dictionary of 'descr',
// 'fortran_order' and 'shape'), the array.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>

namespace tandem {

/// Reads versions 1 to 3 of little-endian float16, float32, float64, int32 and int64 arrays in C
/// order, of up to 8 dimensions. The tensor is a view of the mapped file and keeps the map alive.
/// It is read-only: callers must not write through it.
/// Throws FileError if the file is not an array file, is shorter or longer than its header says, or
/// holds Python objects, another type or another order. Every claim of the header is checked before
/// it is used; nothing in it is ever executed.
at::Tensor read_npy(const std::filesystem::path& path);

/// Writes the tensor (moved to the CPU, made contiguous) atomically, as numpy.save does: version
/// 1.0.
/// Throws FileError if the file cannot be written, c10::ValueError if its type is none of those
/// above.
void write_npy(const std::filesystem::path& path, const at::Tensor& tensor);

}  // namespace tandem
