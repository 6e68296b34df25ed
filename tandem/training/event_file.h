// Scalars for TensorBoard: an event file (TFRecord frames with masked CRC-32C around `Event`
// messages of tensorflow/core/util/event.proto, written by hand: five fields do).
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// CRC-32C (Castagnoli), as in RFC 3720, appendix B.4.
std::uint32_t crc32c(std::string_view bytes);

struct EventScalar {
  std::string tag;
  float value = 0;
};

/// One frame: length, masked CRC of it, the message, masked CRC of that.
std::string event_frame(double wall_time_seconds, std::int64_t step, const std::vector<EventScalar>& scalars);

/// Grows while training goes on; every add() is there at once.
class EventFile {
 public:
  /// Opens `FOLDER/events.out.tfevents.0000000000.tandem`. What an interrupted training wrote up to
  /// `last_step` stays, later frames and a frame cut short go; 0 begins anew. Throws FileError if
  /// the file cannot be written.
  EventFile(const std::filesystem::path& folder, double wall_time_seconds, std::int64_t last_step);

  void add(double wall_time_seconds, std::int64_t step, const std::vector<EventScalar>& scalars);

 private:
  std::filesystem::path path_;
  std::ofstream stream_;
};

inline constexpr const char* kEventFileName = "events.out.tfevents.0000000000.tandem";

}  // namespace tandem
