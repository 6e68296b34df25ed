#include "tandem/storage/npy_file.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

std::filesystem::path numpys(const std::string& name) { return reference_dir() / "npy" / (name + ".npy"); }

std::string complaint(const std::filesystem::path& file) {
  try {
    read_npy(file);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

void check_file_refused(const std::filesystem::path& file, const std::string& part) {
  const std::string said = complaint(file);
  CHECK_MESSAGE(said.find(part) != std::string::npos, file.string(), " said: ", said, " without: ", part);
}

/// A version 1 file with that header, however wrong, and that much payload.
std::string npy_bytes(const std::string& header, std::size_t payload_bytes) {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 255);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + std::string(payload_bytes, '\0');
}

}  // namespace

TEST_CASE("arrays that NumPy wrote are read to the bit") {
  for (const auto& [name, type] : {std::pair{"f2", at::kHalf}, {"f4", at::kFloat}, {"f8", at::kDouble}}) {
    CHECK(at::equal(read_npy(numpys(name)), at::arange(15, at::kDouble).div(4).to(type).reshape({5, 3})));
  }
  for (const auto& [name, type] : {std::pair{"i4", at::kInt}, {"i8", at::kLong}}) {
    CHECK(at::equal(read_npy(numpys(name)), at::arange(7, at::kLong).mul(3).sub(5).to(type)));
  }
  for (const char* version : {"version1", "version2", "version3"}) {
    CHECK(at::equal(read_npy(numpys(version)), at::arange(6, at::kDouble).div(4).to(at::kFloat).reshape({2, 3})));
  }
  CHECK(read_npy(numpys("scalar")).dim() == 0);
  CHECK(read_npy(numpys("empty")).sizes() == at::IntArrayRef({0, 3}));
}

TEST_CASE("written arrays are the bytes that NumPy writes") {
  const ScratchFolder folder;
  for (const char* name : {"f2", "f4", "f8", "i4", "i8", "scalar", "empty"}) {
    write_npy(folder / "a.npy", read_npy(numpys(name)));
    CHECK_MESSAGE(read_file(folder / "a.npy") == read_file(numpys(name)), name);
  }
  write_npy(folder / "t.npy", at::arange(6, at::kFloat).reshape({2, 3}).t());
  CHECK(at::equal(read_npy(folder / "t.npy"), at::arange(6, at::kFloat).reshape({2, 3}).t()));
  CHECK_THROWS_AS(write_npy(folder / "b.npy", at::zeros({2}, at::kBool)), c10::ValueError);
}

TEST_CASE("arrays of other kinds are refused in a sentence") {
  check_file_refused(numpys("fortran"), "found one in Fortran order");
  check_file_refused(numpys("objects"), "found one of Python objects");
  check_file_refused(numpys("big_endian"), "found \">f4\"");
  check_file_refused(numpys("text"), "found \"<U2\"");
  check_file_refused(numpys("records"), "found one of records");
  check_file_refused(numpys("complex"), "found \"<c8\"");
}

TEST_CASE("a npy file cut anywhere or with a byte too many is refused") {
  const ScratchFolder folder;
  const std::string whole = read_file(numpys("f4"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write_file(folder / "cut.npy", whole.substr(0, length));
    CHECK_MESSAGE(!complaint(folder / "cut.npy").empty(), length);
  }
  write_file(folder / "long.npy", whole + "x");
  check_file_refused(folder / "long.npy", "60 bytes of array, as its header says, found 61");
}

TEST_CASE("headers that lie are refused before they are believed") {
  const ScratchFolder folder;
  const auto refused = [&](const std::string& header, std::size_t payload_bytes, const std::string& part) {
    write_file(folder / "bad.npy", npy_bytes(header, payload_bytes));
    check_file_refused(folder / "bad.npy", part);
  };
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 8, "product overflows");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }", 8, "as its header says");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 8, "'shape' that is none");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 4, "'shape' that is none");
  refused("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,), }", 8, "neither True nor False");
  refused("{'descr': '<f4', 'shape': (2,), }", 8, "one of them missing");
  refused("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 8, "or twice");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } + evil()", 8, "after its dictionary");
  refused("__import__('os').system('true')", 8, "no such dictionary");
  refused("", 8, "no such dictionary");
  std::string far = npy_bytes("{}", 0);
  far[8] = far[9] = '\xff';
  write_file(folder / "far.npy", far);
  check_file_refused(folder / "far.npy", "end of the file");
  far[6] = 2;
  far[10] = far[11] = '\xff';
  write_file(folder / "far.npy", far);
  check_file_refused(folder / "far.npy", "at most 65536");
  far[6] = 9;
  write_file(folder / "far.npy", far);
  check_file_refused(folder / "far.npy", "version 9");
}
