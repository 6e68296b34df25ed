#include "tandem/training/event_file.h"

#include <array>
#include <bit>
#include <cstring>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"

static_assert(std::endian::native == std::endian::little, "TFRecord frames are little-endian");

namespace tandem {
namespace {

constexpr std::size_t kLengthBytes = 8, kCrcBytes = 4;

// Field numbers and wire types of protocol buffers: (number << 3) | type.
constexpr char kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5;
constexpr char key(int number, char type) { return static_cast<char>(number << 3 | type); }
constexpr char kWallTime = key(1, kFixed64), kStep = key(2, kVarint), kFileVersion = key(3, kBytes),
               kSummary = key(5, kBytes);                               // of Event
constexpr char kValue = key(1, kBytes);                                 // of Summary
constexpr char kTag = key(1, kBytes), kSimpleValue = key(2, kFixed32);  // of Summary.Value

template <typename T>
std::string raw(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string sized(char field, std::string_view content) {
  return field + varint(content.size()) + std::string(content);
}

std::uint32_t masked_crc(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

std::string frame(std::string_view message) {
  const std::string length = raw<std::uint64_t>(message.size());
  return length + raw(masked_crc(length)) + std::string(message) + raw(masked_crc(message));
}

std::string version_frame(double wall_time_seconds) {
  return frame(kWallTime + raw(wall_time_seconds) + sized(kFileVersion, "brain.Event:2"));
}

/// The step of a message of ours: wall time first, then the step, which protocol buffers leave out
/// when it is 0.
std::int64_t step_of(std::string_view message) {
  constexpr std::size_t kStepAt = 1 + sizeof(double);
  if (message.size() <= kStepAt || message[kStepAt] != kStep) return 0;
  std::uint64_t step = 0;
  int shift = 0;
  for (std::size_t i = kStepAt + 1; i < message.size() && shift < 64; ++i, shift += 7) {
    step |= static_cast<std::uint64_t>(message[i] & 0x7f) << shift;
    if ((message[i] & 0x80) == 0) break;
  }
  return static_cast<std::int64_t>(step);
}

/// The leading frames that are whole and of steps up to `last_step`.
std::string frames_until(std::string_view bytes, std::int64_t last_step) {
  std::size_t end = 0;
  while (bytes.size() - end >= kLengthBytes + 2 * kCrcBytes) {
    std::uint64_t length = 0;
    std::uint32_t crc = 0;
    std::memcpy(&length, bytes.data() + end, sizeof(length));
    if (length > bytes.size() - end - kLengthBytes - 2 * kCrcBytes) break;
    const std::string_view message = bytes.substr(end + kLengthBytes + kCrcBytes, length);
    std::memcpy(&crc, message.data() + length, sizeof(crc));
    if (crc != masked_crc(message) || step_of(message) > last_step) break;
    end += kLengthBytes + 2 * kCrcBytes + length;
  }
  return std::string(bytes.substr(0, end));
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> entries = {};
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      std::uint32_t crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
      entries[i] = crc;
    }
    return entries;
  }();
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) crc = table[(crc ^ static_cast<std::uint8_t>(byte)) & 0xff] ^ crc >> 8;
  return ~crc;
}

std::string event_frame(double wall_time_seconds, std::int64_t step, const std::vector<EventScalar>& scalars) {
  std::string summary;
  for (const EventScalar& scalar : scalars)
    summary += sized(kValue, sized(kTag, scalar.tag) + kSimpleValue + raw(scalar.value));
  std::string message = kWallTime + raw(wall_time_seconds);
  if (step != 0) message += kStep + varint(static_cast<std::uint64_t>(step));
  return frame(message + sized(kSummary, summary));
}

EventFile::EventFile(const std::filesystem::path& folder, double wall_time_seconds, std::int64_t last_step)
    : path_(folder / kEventFileName) {
  make_folder(folder);
  std::string kept;
  if (last_step > 0 && std::filesystem::exists(path_)) kept = frames_until(MappedFile(path_).bytes(), last_step);
  if (kept.empty()) kept = version_frame(wall_time_seconds);
  write_file(path_, kept);
  stream_.open(path_, std::ios::app | std::ios::binary);
  if (!stream_) throw FileError(path_, "a file that can be written", "one that cannot");
}

void EventFile::add(double wall_time_seconds, std::int64_t step, const std::vector<EventScalar>& scalars) {
  const std::string bytes = event_frame(wall_time_seconds, step, scalars);
  stream_.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush();
  if (!stream_) throw FileError(path_, "room for another event", "a full disk or a file that cannot be written");
}

}  // namespace tandem
