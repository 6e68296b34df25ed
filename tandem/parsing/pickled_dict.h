// The part of Python's pickle format (https://docs.python.org/3/library/pickletools.html) that the
// batches of CIFAR use: a dictionary of NumPy byte arrays and lists of integers and texts. A pickle
// is a program, but this reader executes nothing. It rejects every instruction that could call or
// import something, except the two that stand for an array and its type.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// A C-ordered array of bytes (NumPy's uint8). Its bytes stay in the file.
struct PickledArray {
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;  ///< of its first byte in the file
};

/// The useful part of the dictionary; entries of other kinds are skipped.
struct PickledDict {
  std::map<std::string, PickledArray> arrays;
  std::map<std::string, std::vector<std::int64_t>> integers;
  std::map<std::string, std::vector<std::string>> texts;
};

/// Reads protocols 2 to 5, of Python 2 and 3. Throws FileError naming `file` and the byte if the
/// bytes are cut, hold another instruction, name or type, or hold more than four million values.
PickledDict parse_pickled_dict(std::string_view bytes, const std::filesystem::path& file);

}  // namespace tandem
