#include "tandem/images/svg_drawing.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/images/image_file.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;

namespace {

constexpr const char* kNamespaces = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' ";

std::string drawing(const std::string& attributes, const std::string& content) {
  return "<svg " + std::string(kNamespaces) + attributes + ">" + content + "</svg>";
}

std::array<int, 3> pixel(const RgbImage& image, std::int64_t y, std::int64_t x) {
  const std::uint8_t* rgb = &image.pixels[3 * (y * image.width + x)];
  return {rgb[0], rgb[1], rgb[2]};
}

constexpr std::array<int, 3> kWhite = {255, 255, 255};
constexpr std::array<int, 3> kRed = {255, 0, 0};
constexpr std::array<int, 3> kBlue = {0, 0, 255};
const std::string kRedRectangle = "<rect width='100%' height='100%' fill='red'/>";

const std::string kSmall = "width='64' height='64'";

/// 24 masks, each drawing twice what the one before masks.
std::string nested_masks() {
  std::string masks = "<mask id='m0'><rect width='64' height='64' fill='white'/></mask>";
  for (int level = 1; level < 24; ++level) {
    const std::string part =
        "<rect width='64' height='64' fill='white' mask='url(#m" + std::to_string(level - 1) + ")'/>";
    masks += "<mask id='m" + std::to_string(level) + "'>" + part + part + "</mask>";
  }
  return masks + "<rect width='64' height='64' mask='url(#m23)'/>";
}

std::string filtered(const std::string& primitives) {
  return "<filter id='f' primitiveUnits='userSpaceOnUse'>" + primitives +
         "</filter><rect width='64' height='64' filter='url(#f)'/>";
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

/// What anybody writes to standard error while it lives.
class CaughtErrors {
 public:
  explicit CaughtErrors(const std::filesystem::path& file) : file_(file), before_(::dup(STDERR_FILENO)) {
    const int caught = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(caught, STDERR_FILENO);
    ::close(caught);
  }
  ~CaughtErrors() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
  }
  CaughtErrors(const CaughtErrors&) = delete;
  CaughtErrors& operator=(const CaughtErrors&) = delete;
  std::string text() const { return read_file(file_); }

 private:
  std::filesystem::path file_;
  int before_;
};

}  // namespace

TEST_CASE("a wide drawing keeps its aspect and lies in the middle of a white square") {
  for (const char* size :
       {"width='40' height='20'", "viewBox='0 0 40 20'", "width='40' height='20' viewBox='0 0 40 20'",
        "width='40mm' height='20mm' viewBox='0 0 400 200'"}) {
    CAPTURE(size);
    const RgbImage image = draw_svg(drawing(size, kRedRectangle), "a.svg", 64);
    CHECK(image.height == 64);
    CHECK(image.width == 64);
    CHECK(pixel(image, 32, 1) == kRed);
    CHECK(pixel(image, 32, 62) == kRed);
    CHECK(pixel(image, 17, 32) == kRed);
    CHECK(pixel(image, 46, 32) == kRed);
    CHECK(pixel(image, 14, 32) == kWhite);
    CHECK(pixel(image, 49, 32) == kWhite);
  }
}

TEST_CASE("a drawing is scaled to the square whatever units it is in") {
  const std::string corner = "<rect x='5' y='10' width='5' height='10' fill='blue'/>";
  for (const char* size : {"width='10' height='20'", "width='1000' height='2000' viewBox='0 0 10 20'"}) {
    const RgbImage image = draw_svg(drawing(size, corner), "a.svg", 100);
    CHECK(pixel(image, 75, 62) == kBlue);
    CHECK(pixel(image, 75, 38) == kWhite);
    CHECK(pixel(image, 25, 62) == kWhite);
  }
}

TEST_CASE("a half-transparent drawing is seen over white") {
  const RgbImage image =
      draw_svg(drawing("width='8' height='8'", "<rect width='8' height='8' opacity='0.5'/>"), "a.svg", 8);
  CHECK(pixel(image, 4, 4)[0] == doctest::Approx(127).epsilon(0.02));
}

TEST_CASE("a broken drawing and one without a size are refused in a sentence") {
  CHECK_THROWS_WITH_AS(draw_svg("<svg><rect", "a.svg", 8), doctest::Contains("a.svg: expected an SVG drawing, found"),
                       FileError);
  CHECK_THROWS_WITH_AS(draw_svg(drawing("", kRedRectangle), "a.svg", 8),
                       "a.svg: expected a drawing with a size, found neither width and height nor a viewBox",
                       FileError);
  CHECK_THROWS_AS(draw_svg(drawing("width='0' height='0'", kRedRectangle), "a.svg", 8), FileError);
  CHECK_THROWS_AS(draw_svg(drawing("width='-4' height='8'", kRedRectangle), "a.svg", 8), FileError);
  CHECK_THROWS_AS(draw_svg("", "a.svg", 8), FileError);
  CHECK_THROWS_AS(draw_svg(drawing("width='8' height='8'", ""), "a.svg", 0), c10::ValueError);
}

TEST_CASE("an enormous drawing costs no more than a small one") {
  const RgbImage image = draw_svg(drawing("width='1e6' height='1e6'", kRedRectangle), "a.svg", 16);
  CHECK(pixel(image, 8, 8) == kRed);
}

TEST_CASE("a drawing cannot read files outside itself") {
  const tests::ScratchFolder folder;
  write_file(folder / "secret.svg", drawing("width='8' height='8'", kRedRectangle));
  const std::string link = (folder / "secret.svg").string();
  for (const std::string& target : {link, "file://" + link, std::string("secret.svg")}) {
    const std::string image = "<image width='8' height='8' xlink:href='" + target + "'/>";
    CHECK(pixel(draw_svg(drawing("width='8' height='8'", image), "a.svg", 8), 4, 4) == kWhite);
  }
  const std::string entity =
      "<!DOCTYPE svg [<!ENTITY stolen SYSTEM \"file://" + link + "\">]>" + drawing("width='8' height='8'", "&stolen;");
  CHECK_THROWS_WITH_AS(draw_svg(entity, "a.svg", 8), doctest::Contains("'stolen' not defined"), FileError);
}

TEST_CASE("drawings that grow without end are refused" * doctest::test_suite("slow")) {
  std::string bomb = "<!DOCTYPE svg [<!ENTITY a \"<rect width='1' height='1'/>\">";
  for (char name = 'b'; name < 'n'; ++name) {
    bomb += std::string("<!ENTITY ") + name + " \"";
    for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(name - 1) + ";";
    bomb += "\">";
  }
  CHECK_THROWS_AS(draw_svg(bomb + "]>" + drawing("width='8' height='8'", "&m;"), "a.svg", 8), FileError);

  std::string nested = "<defs><g id='g0'><rect width='1' height='1'/></g>";
  for (int level = 1; level < 12; ++level) {
    nested += "<g id='g" + std::to_string(level) + "'>";
    for (int i = 0; i < 10; ++i) nested += "<use xlink:href='#g" + std::to_string(level - 1) + "'/>";
    nested += "</g>";
  }
  CHECK_THROWS_AS(draw_svg(drawing("width='8' height='8'", nested + "</defs><use xlink:href='#g11'/>"), "a.svg", 8),
                  FileError);
}

TEST_CASE("an SVG is known behind a byte order mark and a comment and a document type") {
  const std::string svg = drawing("width='8' height='8'", kRedRectangle);
  for (const char* front : {"", "\xEF\xBB\xBF", "<?xml version='1.0'?>\n<!-- a comment -->\n",
                            "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' "
                            "'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>\n"}) {
    CHECK(pixel(decode_image(front + svg, "a.svg", {.svg_side = 8}), 4, 4) == kRed);
  }
}

TEST_CASE("several threads draw different drawings at once") {
  std::array<bool, 4> right{};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < right.size(); ++i) {
    threads.emplace_back([&, i] {
      const int grey = static_cast<int>(40 * i);
      const std::string fill = "rgb(" + std::to_string(grey) + "," + std::to_string(grey) + ",9)";
      const std::string svg =
          drawing("width='8' height='8'", "<rect width='8' height='8' fill='" + fill + "'/><text>x</text>");
      bool same = true;
      for (int round = 0; round < 20; ++round) same = same && pixel(draw_svg(svg, "a.svg", 32), 20, 20)[0] == grey;
      right[i] = same;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const bool same : right) CHECK(same);
}

TEST_CASE("letters come out the same from several threads at once, fonts being found among it" *
          doctest::test_suite("slow")) {
  std::vector<std::string> drawings;
  for (const char* family : {"sans-serif", "serif", "monospace"}) {
    for (int size = 9; size < 33; size += 3) {
      drawings.push_back(drawing("width='200' height='60'",
                                 "<text x='4' y='40' font-family='" + std::string(family) + "' font-size='" +
                                     std::to_string(size) + "' transform='rotate(" + std::to_string(size % 7) +
                                     ")'>Quick \xC3\xA9\xC3\x9F " + std::to_string(size) + "</text>"));
    }
  }
  std::vector<std::vector<std::vector<std::uint8_t>>> drawn(
      4);  // by thread; the same drawings at the same time, nothing before them
  std::vector<std::thread> threads;
  for (auto& own : drawn) {
    threads.emplace_back([&] {
      for (const std::string& one : drawings) own.push_back(draw_svg(one, "a.svg", 64).pixels);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < drawings.size(); ++i) {
    CAPTURE(drawings[i]);
    const std::vector<std::uint8_t> alone = draw_svg(drawings[i], "a.svg", 64).pixels;
    for (const auto& own : drawn) CHECK(own[i] == alone);
  }
}

TEST_CASE("a drawing that takes more processor time than it may is refused and the next one is drawn" *
          doctest::test_suite("slow")) {
  const std::string plain = drawing(kSmall, kRedRectangle + "<text x='3' y='30'>Quick</text>");
  const std::vector<std::uint8_t> before = draw_svg(plain, "plain.svg", 64).pixels;
  for (const std::string& content :
       {filtered("<feTurbulence baseFrequency='0.1' numOctaves='100000'/>"), nested_masks(),
        filtered(repeated("<feMorphology operator='dilate' radius='60'/>", 20)),
        "<text x='1' y='30'>" + repeated("word ", 40000) + "</text>"}) {
    CAPTURE(content.substr(0, 100));
    CHECK_THROWS_WITH_AS(
        draw_svg(drawing(kSmall, content), "a.svg", 256, {.cpu_ms = 300}),
        "a.svg: expected a drawing that takes at most 0.3 s of processor time, found one that takes more", FileError);
    CHECK(draw_svg(plain, "plain.svg", 64).pixels == before);
  }
}

TEST_CASE("a drawing that needs more memory than it may is refused, whatever was drawn before it" *
          doctest::test_suite("slow")) {
  const std::string large = drawing(kSmall, repeated("<rect width='1' height='1' fill='red'/>", 100'000));
  CHECK_NOTHROW(draw_svg(large, "large.svg", 64));
  const char* const words =
      "large.svg: expected a drawing that needs at most 16 MiB of memory, found one that ended the process that drew "
      "it (";
  for (int round = 0; round < 3; ++round) {
    CHECK_THROWS_WITH_AS(draw_svg(large, "large.svg", 64, {.memory_bytes = 16 << 20}), doctest::Contains(words),
                         FileError);
    CHECK(pixel(draw_svg(drawing(kSmall, kRedRectangle), "a.svg", 64, {.memory_bytes = 16 << 20}), 8, 8) == kRed);
  }
}

TEST_CASE("pictures inside a drawing may claim no more pixels together than a picture file") {
  // A PNG's first 29 bytes, which claim 30,000 x 30,000.
  const std::string bomb =
      "<image width='64' height='64' xlink:href='data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAdTAAAHUwCAIAAAA='/>";
  CHECK_THROWS_WITH_AS(draw_svg(drawing(kSmall, bomb), "a.svg", 64),
                       "a.svg: expected a drawing with pictures inside it of at most 100000000 pixels together, found "
                       "ones that claim 900000000",
                       FileError);
  CHECK_THROWS_WITH_AS(decode_image(drawing(kSmall, bomb), "a.svg", {.max_pixels = 1000}),
                       doctest::Contains("at most 1000 pixels together"), FileError);
}

TEST_CASE("several threads draw while one of the drawings has no end" * doctest::test_suite("slow")) {
  const std::string endless = drawing(kSmall, nested_masks());
  const std::string plain = drawing(kSmall, kRedRectangle);
  std::array<int, 4> right{};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < right.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 10; ++round) {
        if (i == 0) {
          CHECK_THROWS_AS(draw_svg(endless, "a.svg", 256, {.cpu_ms = 100}), FileError);
        } else {
          right[i] += pixel(draw_svg(plain, "a.svg", 64), 32, 32) == kRed ? 1 : 0;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 1; i < right.size(); ++i) CHECK(right[i] == 10);
}

TEST_CASE("what the libraries under librsvg remark does not reach standard error") {
  const tests::ScratchFolder folder;
  ::setenv("FONTCONFIG_FILE", "/nonexistent", 1);
  DrawingProcess fresh;  // It has this environment, in which fontconfig complains as soon as letters are drawn.
  ::unsetenv("FONTCONFIG_FILE");
  const CaughtErrors caught(folder / "errors");
  CHECK(fresh.draw(drawing(kSmall, "<text x='4' y='40'>letters</text>"), 64, {}).has_value());
  CHECK(caught.text() == "");
}

TEST_CASE("a drawing program that is not there or is another one is no fault of a picture") {
  CHECK_THROWS_WITH_AS(
      DrawingProcess("/nowhere/tandem_draw"),
      "/nowhere/tandem_draw: expected the program that draws SVG and decodes HEIC, found No such file or directory",
      std::runtime_error);
  DrawingProcess another("/bin/false");
  CHECK(!another.draw(drawing(kSmall, kRedRectangle), 8, {}).has_value());
  CHECK_THROWS_WITH_AS(
      another.end(),
      "/bin/false: expected the program that draws SVG and decodes HEIC, found one that ended with exit code 1",
      std::runtime_error);
}
