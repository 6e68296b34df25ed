#include "tandem/storage/safetensors.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "growth.h"
#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::FileError;
using tandem::read_file;
using tandem::SafetensorsFile;
using tandem::write_file;
using tandem::write_safetensors;
using tandem::tests::ScratchFolder;

namespace {

std::string with_length(std::uint64_t header_bytes, const std::string& rest) {
  std::string file(sizeof(header_bytes), '\0');
  std::memcpy(file.data(), &header_bytes, sizeof(header_bytes));
  return file + rest;
}

std::string file_of(const std::string& header, std::size_t payload_bytes) {
  return with_length(header.size(), header + std::string(payload_bytes, '\1'));
}

/// What open() says of a file with these bytes; empty if it takes them.
std::string complaint(const std::string& bytes) {
  const ScratchFolder folder;
  write_file(folder / "t.safetensors", bytes);
  try {
    SafetensorsFile::open(folder / "t.safetensors");
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

void check_refused(const std::string& bytes, const std::string& words) {
  const std::string said = complaint(bytes);
  CHECK_MESSAGE(said.find(words) != std::string::npos, "said: ", said);
}

}  // namespace

TEST_CASE("tensors of every type come back bit for bit") {
  const ScratchFolder folder;
  const at::Tensor floats = at::arange(6, at::kFloat).reshape({2, 3}).div(7);
  const auto path = folder / "t.safetensors";
  write_safetensors(path,
                    {{"flags", at::ones({3}, at::kBool)},
                     {"floats", floats},
                     {"ids", at::arange(5, at::kLong)},
                     {"half", floats.to(at::kHalf)},
                     {"empty", at::zeros({0, 4})},
                     {"scalar", at::ones({}, at::kDouble)}},
                    {{"made_by", "a test"}});
  const SafetensorsFile file = SafetensorsFile::open_checked(path);
  CHECK(at::equal(file.tensor("floats"), floats));
  CHECK(at::equal(file.tensor("ids"), at::arange(5, at::kLong)));
  CHECK(at::equal(file.tensor("half"), floats.to(at::kHalf)));
  CHECK(at::equal(file.tensor("flags"), at::ones({3}, at::kBool)));
  CHECK(file.tensor("empty").sizes() == at::IntArrayRef({0, 4}));
  CHECK(file.tensor("scalar").item<double>() == 1.0);
  CHECK(file.metadata().at("made_by") == "a test");
}

TEST_CASE("a tensor outlives the file object it came from") {
  const ScratchFolder folder;
  write_safetensors(folder / "t.safetensors", {{"x", at::arange(1000, at::kFloat)}});
  const at::Tensor x = SafetensorsFile::open(folder / "t.safetensors").tensor("x");
  CHECK(x.sum().item<float>() == doctest::Approx(499500));
}

TEST_CASE("every single flipped byte of a checked file is noticed") {
  const ScratchFolder folder;
  const auto path = folder / "t.safetensors";
  write_safetensors(path, {{"x", at::arange(20, at::kFloat)}});
  const std::string whole = read_file(path);
  int noticed = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 4);
    write_file(path, flipped);
    try {
      SafetensorsFile::open_checked(path);
    } catch (const FileError&) {
      ++noticed;
    }
  }
  CHECK(noticed == static_cast<int>(whole.size()));
}

TEST_CASE("a truncated file is refused at every length" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const auto path = folder / "t.safetensors";
  write_safetensors(path, {{"x", at::arange(20, at::kFloat)}});
  const std::string whole = read_file(path);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CHECK(!complaint(whole.substr(0, length)).empty());
  }
}

TEST_CASE("a header that lies is refused in words") {
  const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  CHECK(complaint(file_of(good, 8)) == "");
  check_refused("", "found 0 bytes");
  check_refused(with_length(std::uint64_t{1} << 63, good), "a header length of 9223372036854775808");
  check_refused(with_length(1000, good), "a header length of 1000");
  check_refused(file_of("not json", 0), "not JSON");
  check_refused(file_of("[1]", 0), "an array");
  check_refused(file_of(good, 12), "found 12 bytes");
  check_refused(file_of(good, 4), "found 4 bytes");
}

TEST_CASE("offsets that overlap or leave holes or pass the end are refused") {
  const auto two = [](const std::string& a, const std::string& b) {
    return R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + a +
           R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)" + b + "}}";
  };
  CHECK(complaint(file_of(two("[0,8]", "[8,16]"), 16)) == "");
  check_refused(file_of(two("[0,8]", "[4,12]"), 12), "an overlap");
  check_refused(file_of(two("[0,8]", "[12,20]"), 20), "a hole");
  check_refused(file_of(two("[0,8]", "[8,16]"), 15), "found 15 bytes");
  check_refused(file_of(two("[8,0]", "[8,16]"), 16), "[begin, end]");
}

TEST_CASE("shapes and dtypes that cannot be are refused") {
  const auto one = [](const std::string& dtype, const std::string& shape) {
    return R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":[0,8]}})";
  };
  check_refused(file_of(one("\"F31\"", "[2]"), 8), "\"F31\"");
  check_refused(file_of(one("7", "[2]"), 8), "the number 7");
  check_refused(file_of(one("\"F32\"", "[3]"), 8), "with 12 bytes");
  check_refused(file_of(one("\"F32\"", "[-2]"), 8), "whole numbers");
  check_refused(file_of(one("\"F32\"", "[4294967296,4294967296,4294967296]"), 8), "overflows");
  check_refused(file_of(one("\"F32\"", "\"2\""), 8), "a list \"shape\"");
}

TEST_CASE("a name given twice is refused") {
  const std::string entry = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  check_refused(file_of("{" + entry + "," + entry + "}", 8), "\"a\" twice");
}

TEST_CASE("random damage to the header never crashes the reader" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const auto path = folder / "t.safetensors";
  write_safetensors(path, {{"x", at::arange(20, at::kFloat)}, {"y", at::ones({3}, at::kBool)}});
  const std::string whole = read_file(path);
  std::mt19937 chance(7);
  for (int round = 0; round < 500; ++round) {
    std::string damaged = whole;
    for (int edits = 0; edits < 4; ++edits) damaged[chance() % 200] = static_cast<char>(chance());
    complaint(damaged);
  }
}

TEST_CASE("a tensor of another name or shape is refused with both") {
  const ScratchFolder folder;
  write_safetensors(folder / "t.safetensors", {{"x", at::ones({2, 3})}});
  const SafetensorsFile file = SafetensorsFile::open(folder / "t.safetensors");
  CHECK_THROWS_WITH_AS(file.tensor("y"), doctest::Contains("a tensor \"y\""), FileError);
  CHECK_THROWS_WITH_AS(file.tensor("x", {2, 4}), doctest::Contains("of shape [2, 4], found [2, 3]"), FileError);
}

TEST_CASE("a file without a checksum is not taken for a checked one") {
  const ScratchFolder folder;
  write_file(folder / "t.safetensors", file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8));
  CHECK_THROWS_WITH_AS(SafetensorsFile::open_checked(folder / "t.safetensors"), doctest::Contains("checksum"),
                       FileError);
}

TEST_CASE("a header of many levels is refused before a parser sees it") {
  for (const std::size_t levels : {257u, 100000u, 1000000u})
    check_refused(file_of(std::string(levels, '[') + std::string(levels, ']'), 0), "at most 256 levels");
  std::string deep = "{\"a\":";
  for (int i = 0; i < 100000; ++i) deep += "{\"a\":";
  check_refused(file_of(deep, 0), "at most 256 levels");
}

TEST_CASE("the work for a header grows as its names do" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const double growth = tandem::tests::growth_over_tenfold(40000, [&](std::size_t tensors) {
    std::string header = "{";
    for (std::size_t i = 0; i < tensors; ++i) {
      header +=
          (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
    }
    write_file(folder / "t.safetensors", file_of(header + "}", 0));
    CHECK(SafetensorsFile::open(folder / "t.safetensors").entries().size() == tensors);
  });
  CHECK(growth < tandem::tests::kMuchMoreThanLinear);
}

TEST_CASE("a name of megabytes does not fill the error's sentence") {
  const std::string name(1 << 20, 'n');
  const std::string said =
      complaint(file_of("{\"" + name + "\":{\"dtype\":\"U9\",\"shape\":[],\"data_offsets\":[0,0]}}", 0));
  CHECK(said.size() < 1000);
  CHECK(said.find("more characters") != std::string::npos);
  CHECK(said.find("of a known dtype") != std::string::npos);
}
