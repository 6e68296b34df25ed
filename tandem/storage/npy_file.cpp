#include "tandem/storage/npy_file.h"

#include <ATen/ops/from_blob.h>
#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"

static_assert(std::endian::native == std::endian::little, "the arrays are little-endian");

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kMostHeaderBytes = 65536, kAlignment = 64, kMostDimensions = 8;

struct DescrName {
  std::string_view descr;
  at::ScalarType type;
};
constexpr std::array kDescrs = {DescrName{"<f2", at::kHalf}, DescrName{"<f4", at::kFloat},
                                DescrName{"<f8", at::kDouble}, DescrName{"<i4", at::kInt}, DescrName{"<i8", at::kLong}};

struct NpyHeader {
  std::optional<at::ScalarType> type;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::int64_t>> shape;
};

/// The text between the quotes. It must not contain control characters, because it is shown in
/// messages.
std::string shown(std::string_view text) {
  std::string safe;
  for (const char c : text.substr(0, 40))
    safe += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ? '?' : c;
  return safe;
}

/// Reads the few Python literals that such a header is made of.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const Path& path) : text_(text), path_(path) {}

  NpyHeader read() {
    NpyHeader header;
    expect('{');
    while (!taken('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr" && !header.type) {
        header.type = type();
      } else if (key == "fortran_order" && !header.fortran_order) {
        header.fortran_order = truth();
      } else if (key == "shape" && !header.shape) {
        header.shape = shape();
      } else {
        refuse("\"" + shown(key) + "\" in it, or twice");
      }
      if (!taken(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (!text_.empty()) refuse("something after its dictionary");
    if (!header.type || !header.fortran_order || !header.shape) refuse("one of them missing");
    return header;
  }

 private:
  [[noreturn]] void refuse(const std::string& found) const {
    throw FileError(path_, "a header with 'descr', 'fortran_order' and 'shape'", found);
  }

  void skip_space() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size())); }

  bool taken(char c) {
    skip_space();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!taken(c)) refuse("something that is no such dictionary");
  }

  std::string_view quoted() {
    skip_space();
    const char quote = text_.empty() ? ' ' : text_.front();
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) refuse("something that is no such dictionary");
    const std::string_view inside = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return inside;
  }

  bool truth() {
    skip_space();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return value;
    }
    refuse("a 'fortran_order' that is neither True nor False");
  }

  at::ScalarType type() {
    skip_space();
    constexpr const char* kWanted = "an array of float16, float32, float64, int32 or int64, little-endian";
    if (text_.starts_with('[')) throw FileError(path_, kWanted, "one of records");
    const std::string_view descr = quoted();
    for (const DescrName& known : kDescrs) {
      if (descr == known.descr) return known.type;
    }
    throw FileError(path_, kWanted,
                    descr.find('O') != std::string_view::npos ? "one of Python objects" : "\"" + shown(descr) + "\"");
  }

  std::vector<std::int64_t> shape() {
    std::vector<std::int64_t> sizes;
    expect('(');
    while (!taken(')')) {
      skip_space();
      std::int64_t size = -1;
      const auto [last, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (error != std::errc() || size < 0 || sizes.size() == kMostDimensions) refuse("a 'shape' that is none");
      text_.remove_prefix(static_cast<std::size_t>(last - text_.data()));
      sizes.push_back(size);
      if (!taken(',')) {
        expect(')');
        break;
      }
    }
    return sizes;
  }

  std::string_view text_;
  const Path& path_;
};

struct HeaderPlace {
  std::size_t begin = 0, bytes = 0;
};

HeaderPlace find_header(std::string_view file, const Path& path) {
  if (file.size() < 10 || !file.starts_with(kMagic))
    throw FileError(path, "a .npy file, which begins with \\x93NUMPY", "other bytes");
  const int version = static_cast<unsigned char>(file[6]);
  if (version < 1 || version > 3)
    throw FileError(path, "a .npy file of version 1, 2 or 3", "version " + std::to_string(version));
  const std::size_t width = version == 1 ? 2 : 4;
  HeaderPlace place{.begin = kMagic.size() + 2 + width};
  if (file.size() < place.begin) throw FileError(path, "a whole .npy header", "the end of the file");
  for (std::size_t i = 0; i < width; ++i)
    place.bytes |= static_cast<std::size_t>(static_cast<unsigned char>(file[8 + i])) << (8 * i);
  if (place.bytes > kMostHeaderBytes) {
    throw FileError(path, "a header of at most " + std::to_string(kMostHeaderBytes) + " bytes",
                    std::to_string(place.bytes));
  }
  if (place.bytes > file.size() - place.begin) throw FileError(path, "a whole .npy header", "the end of the file");
  return place;
}

}  // namespace

at::Tensor read_npy(const Path& path) {
  const auto map = std::make_shared<const MappedFile>(path);
  const HeaderPlace place = find_header(map->bytes(), path);
  const NpyHeader header = HeaderReader(map->bytes().substr(place.begin, place.bytes), path).read();
  std::uint64_t size_bytes = c10::elementSize(*header.type);
  for (const std::int64_t size : *header.shape) {
    if (__builtin_mul_overflow(size_bytes, static_cast<std::uint64_t>(size), &size_bytes)) {
      throw FileError(path, "an array of a size that can be addressed", "a shape whose product overflows");
    }
  }
  const std::size_t payload = place.begin + place.bytes;
  const std::size_t found = map->bytes().size() - payload;
  if (found != size_bytes)
    throw FileError(path, std::to_string(size_bytes) + " bytes of array, as its header says", std::to_string(found));
  if (*header.fortran_order && header.shape->size() > 1) {
    throw FileError(path, "an array in C order (numpy.ascontiguousarray makes one)", "one in Fortran order");
  }
  const char* begin = map->bytes().data() + payload;
  const at::Tensor view =
      at::from_blob(const_cast<char*>(begin), *header.shape, [map](void*) {}, at::TensorOptions().dtype(*header.type));
  const bool aligned = reinterpret_cast<std::uintptr_t>(begin) % c10::elementSize(*header.type) == 0;
  return aligned ? view : view.clone();
}

void write_npy(const Path& path, const at::Tensor& tensor) {
  const at::Tensor stored = tensor.detach().cpu().contiguous();
  std::string_view descr;
  for (const DescrName& known : kDescrs) {
    if (stored.scalar_type() == known.type) descr = known.descr;
  }
  TORCH_CHECK_VALUE(!descr.empty(), "write_npy: float16, float32, float64, int32 or int64 was needed, got ",
                    c10::toString(stored.scalar_type()));
  std::string shape;
  for (const std::int64_t size : stored.sizes()) shape += (shape.empty() ? "" : ", ") + std::to_string(size);
  if (stored.dim() == 1) shape += ",";
  std::string header = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  const std::size_t before = kMagic.size() + 4;
  header.resize((before + header.size() + 1 + kAlignment - 1) / kAlignment * kAlignment - before - 1, ' ');
  header += '\n';
  std::string start(kMagic);
  start += {'\x01', '\x00', static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  AtomicFile file(path);
  file.write(start);
  file.write(header);
  file.write(stored.const_data_ptr(), stored.nbytes());
  file.commit();
}

}  // namespace tandem
