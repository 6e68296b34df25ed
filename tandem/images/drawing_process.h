// A process of the program tandem_draw, which draws SVG and decodes HEIC and AVIF within limits of time and memory.
// librsvg and libheif have no such limits.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/images/drawing_messages.h"
#include "tandem/images/rendering.h"

namespace tandem {

/// The path of tandem_draw: the first that exists of the one beside the running program, the one in
/// ../libexec/tandem from there, the one that was built, and the one in the install prefix of the
/// build.
std::filesystem::path drawing_program();

/// The limits of one drawing.
struct DrawingBudget {
  std::int64_t max_pixels = 100'000'000;              ///< of a HEIC or AVIF; in all pictures inside an SVG, together
  std::int64_t cpu_ms = 10'000;                       ///< processor time
  std::int64_t memory_bytes = std::int64_t{1} << 30;  ///< in addition to the pixels
};

/// The process ends when this object is destroyed, and by itself whenever this program ends.
class DrawingProcess {
 public:
  /// Throws std::runtime_error if the program cannot be started; no picture is the cause of that.
  explicit DrawingProcess(const std::filesystem::path& program = drawing_program());
  ~DrawingProcess();
  DrawingProcess(const DrawingProcess&) = delete;
  DrawingProcess& operator=(const DrawingProcess&) = delete;

  /// Returns the result of render_svg in the process. Returns nothing if the process ended first:
  /// end() then gives the cause, and the object cannot draw any more.
  ///
  ///   bytes  the SVG document
  ///   side   pixels per side of the white square
  std::optional<Rendering> draw(std::string_view bytes, std::int64_t side, const DrawingBudget& budget);

  /// The same for render_heif, with 24 bytes of memory more for every pixel that the file claims.
  std::optional<Rendering> decode_heif(std::string_view bytes, const DrawingBudget& budget);

  bool has_drawn() const { return has_drawn_; }

  struct End {
    bool out_of_time = false;  ///< else it crashed, mostly because memory ran out
    std::string words;         ///< such as "Aborted"
  };

  /// How the process ended, after draw() returned nothing. Throws std::runtime_error if it exited
  /// by itself, as a program does if a library is missing.
  End end();

 private:
  std::optional<Rendering> answer(const DrawingRequest& request, std::string_view bytes);

  std::filesystem::path program_;
  int socket_ = -1;
  pid_t process_ = -1;
  bool has_drawn_ = false;
  bool silent_ = false;
};

/// Idle processes: at most as many as ever drew at once. May be used by several threads.
class DrawingProcesses {
 public:
  /// An idle process, or a new one. Throws std::runtime_error as DrawingProcess does.
  std::unique_ptr<DrawingProcess> take();
  void give_back(std::unique_ptr<DrawingProcess> process);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<DrawingProcess>> at_rest_;
};

}  // namespace tandem
