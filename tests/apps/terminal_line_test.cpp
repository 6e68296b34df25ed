#include "apps/terminal/terminal_line.h"

#include <doctest/doctest.h>

#include "apps/terminal/log_lines.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

#include <fcntl.h>
#include <unistd.h>

#include <ctime>

using namespace tandem;
using namespace tandem::apps;
using namespace tandem::tests;

TEST_CASE("wide characters take two columns and combining ones none") {
  CHECK(shown_columns("abc") == 3);
  CHECK(shown_columns("größer") == 6);
  CHECK(shown_columns("日本") == 4);
  CHECK(shown_columns("e\u0301") == 1);
  CHECK(shown_columns("\xff\xfe") == 2);  // no UTF-8
}

TEST_CASE("a cut text is a beginning that fits, with whole characters") {
  CHECK(cut_to_columns("日本語", 5) == "日本");
  CHECK(cut_to_columns("日本語", 6) == "日本語");
  CHECK(cut_to_columns("ae\u0301i", 2) == "ae\u0301");
  CHECK(cut_to_columns("abc", 0).empty());
  CHECK(cut_to_columns("abc", kAnyWidth) == "abc");
}

TEST_CASE("a line that is too long loses its least needed parts first") {
  const std::vector<LinePart> parts = {{"name"}, {"[####]", 2}, {"5 left", 1}, {"3/s", 3}};
  CHECK(fitted_line(parts, kAnyWidth) == "name  [####]  5 left  3/s");
  CHECK(fitted_line(parts, 20) == "name  [####]  5 left");
  CHECK(fitted_line(parts, 19) == "name  5 left");
  CHECK(fitted_line(parts, 11) == "name");
  CHECK(fitted_line(parts, 3) == "nam");
}

TEST_CASE("a progress line fits any terminal and keeps the time left longest") {
  ProgressBar bar("encoding pictures", "pictures");
  bar.remark("3 unreadable");
  const Progress progress = bar.callback();
  progress(0, 8091);
  progress(1024, 8091);
  const std::string line = bar.line(16.5, kAnyWidth);
  CHECK(line == "encoding pictures  [###                     ]  1,024 / 8,091 pictures  62/s  1:54 left  3 unreadable");
  for (std::size_t columns = 1; columns < 110; ++columns) CHECK(shown_columns(bar.line(16.5, columns)) <= columns);
  CHECK(bar.line(16.5, 60) == "encoding pictures  1,024 / 8,091 pictures  1:54 left");
}

TEST_CASE("the time of a log's line is that of the C library in UTC") {
  for (const std::time_t seconds : {0L, 951827696L, 1709210096L, 1796056684L, 4102444799L}) {
    char expected[32] = {};
    std::tm parts = {};
    ::gmtime_r(&seconds, &parts);
    std::strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &parts);
    const auto text = utc_text(std::chrono::system_clock::from_time_t(seconds) + std::chrono::milliseconds(999));
    CHECK(std::string(text.data(), text.size()) == expected);
  }
}

TEST_CASE("of a line that is drawn again and again the log gets its last form, without colours") {
  LineCollector lines;
  std::vector<std::string> got;
  for (const char c :
       std::string("one\n\r1 / 9\033[K\r2 / 9\033[K\n\n\r\033[K\n\r3 / 9\033[K\r\033[K\033[1;31mred\033[0m\nrest")) {
    if (!lines.take(c)) continue;
    got.push_back(lines.line());
    lines.clear();
  }
  CHECK(got == std::vector<std::string>{"one", "2 / 9", "red"});
  CHECK(lines.line() == "rest");
}

TEST_CASE("append_line writes the time, the parts and a line's end") {
  const ScratchFolder folder;
  const int file = ::open((folder / "log").c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644);
  CHECK(append_line(file, {"a ", "b", "", " c"}));
  CHECK(append_line(file, {}));
  ::close(file);
  const std::string text = read_file(folder / "log");
  REQUIRE(text.size() == 20 + 1 + 5 + 1 + 20 + 1 + 1);
  CHECK(text.substr(20, 7) == " a b c\n");
  CHECK_FALSE(append_line(-1, {"a"}));
}
