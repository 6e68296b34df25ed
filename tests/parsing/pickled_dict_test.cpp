#include "tandem/parsing/pickled_dict.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

std::string complaint(const std::string& bytes) {
  try {
    parse_pickled_dict(bytes, "x.pickle");
  } catch (const FileError& error) {
    return error.what();
  }
  return "nothing";
}

bool says(const std::string& words, const std::string& part) { return words.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("batches by Python 2 and 3 give their bytes and labels") {
  for (const char* name : {"batch_python2.pickle", "batch_protocol3.pickle", "batch_protocol4.pickle"}) {
    CAPTURE(name);
    const auto file = reference_dir() / "archives" / name;
    const std::string bytes = read_file(file);
    PickledDict dict = parse_pickled_dict(bytes, file);
    CHECK(dict.integers["labels"] == std::vector<std::int64_t>{3, 0, 9, 3});
    CHECK(dict.texts["filenames"] == std::vector<std::string>{"0.png", "1.png", "2.png", "3.png"});
    const PickledArray& data = dict.arrays["data"];
    REQUIRE(data.shape == std::vector<std::int64_t>{4, 3072});
    for (std::int64_t i = 0; i < 4 * 3072; ++i) REQUIRE(bytes[data.offset + i] == static_cast<char>(i / 1024));
  }
}

TEST_CASE("a pickle that is cut anywhere is refused") {
  const std::string whole = read_file(reference_dir() / "archives" / "batch_python2.pickle");
  for (std::size_t length = 0; length < 300; ++length)
    CHECK(says(complaint(whole.substr(0, length)), "x.pickle: expected "));
  for (std::size_t length = whole.size() - 100; length < whole.size(); ++length)
    CHECK(says(complaint(whole.substr(0, length)), "x.pickle: expected "));
  CHECK(complaint(whole) == "nothing");
}

TEST_CASE("a pickle that would run something is refused by name") {
  CHECK(says(complaint("\x80\x02"
                       "cos\nsystem\nU\x06reboot\x85R."),
             "found \"os.system\", which could run code"));
  CHECK(says(complaint("\x80\x04\x8c\x02os\x8c\x06system\x93."), "found \"os.system\", which could run code"));
  CHECK(says(complaint("\x80\x02"
                       "cnumpy\nload\n."),
             "\"numpy.load\", which could run code"));
  CHECK(says(complaint("\x80\x02"
                       "cnumpy\nndarray\n)R."),
             "a call of something else"));
  CHECK(says(complaint("\x80\x02(i__builtin__\neval\n."), "found number 105"));
  CHECK(says(complaint("\x80\x02}\x81."), "found number 129"));
}

TEST_CASE("nonsense is refused without harm" * doctest::test_suite("slow")) {
  CHECK(says(complaint(""), "more bytes"));
  CHECK(says(complaint("PK\x03\x04"), "expected an instruction"));
  CHECK(says(complaint("\x80\x09"), "protocol 2 to 5 at byte 0 of a pickle of byte arrays, found 9"));
  CHECK(says(complaint("\x80\x02]."), "expected a dictionary"));
  CHECK(says(complaint("\x80\x02u."), "expected a mark"));
  CHECK(says(complaint("\x80\x02}(K\x01u."), "a value for every key"));
  CHECK(says(complaint("\x80\x02h\x05."), "none under number 5"));
  CHECK(says(complaint("\x80\x02T\xff\xff\xff\xff"
                       "abc"),
             "more bytes"));
  CHECK(says(complaint("\x80\x02" + std::string(5000000, 'N')), "at most 4000000 values"));
  std::string whole = read_file(reference_dir() / "archives" / "batch_python2.pickle");
  const auto change = [&](const std::string& from, const std::string& to) {
    std::string other = whole;
    other.replace(other.find(from), from.size(), to);
    return complaint(other);
  };
  CHECK(says(change("u1K", "O8K"), "type \"O8\""));
  CHECK(says(change(std::string("M\x04\x00", 3), std::string("M\x05\x00", 3)), "found 12288"));
}

TEST_CASE("lists in each other without end are read without a stack") {
  std::string nested = "\x80\x02}U\x01x";
  nested += std::string(1000000, ']') + std::string(999999, 'a') + "s.";
  CHECK(parse_pickled_dict(nested, "p").texts.size() + parse_pickled_dict(nested, "p").integers.size() <= 1);
}
