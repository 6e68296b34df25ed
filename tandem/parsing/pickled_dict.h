// The little of Python's pickle format (https://docs.python.org/3/library/pickletools.html) that
// the batches of CIFAR use: a dictionary of NumPy byte arrays and lists of integers and texts. A
// pickle is a program; this reader runs none: every instruction that could call or import something
// is refused, but for the two that stand for an array and its type.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// A C-ordered array of bytes (NumPy's uint8), which lies somewhere in the file.
struct PickledArray {
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;  ///< of its first byte in the file
};

/// What of the dictionary is of use; entries of other kinds are passed over.
struct PickledDict {
  std::map<std::string, PickledArray> arrays;
  std::map<std::string, std::vector<std::int64_t>> integers;
  std::map<std::string, std::vector<std::string>> texts;
};

/// Protocols 2 to 5, of Python 2 and 3. Throws FileError naming `file` and the byte if the bytes
/// are cut, hold an instruction, a name or a type that is not one of these, or more than four
/// million values.
PickledDict parse_pickled_dict(std::string_view bytes, const std::filesystem::path& file);

}  // namespace tandem
