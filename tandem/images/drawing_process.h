// A process of the program tandem_draw, which draws SVG within a budget of time and memory: librsvg
// offers neither.
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

#include "tandem/images/svg_rendering.h"

namespace tandem {

/// Where tandem_draw is: the first that exists of the one beside the running program, the one in
/// ../libexec/tandem from there, the one that was built, and the one under the install prefix of the
/// build.
std::filesystem::path drawing_program();

/// What one drawing may take.
struct DrawingBudget {
  std::int64_t max_pixels = 100'000'000;              ///< that the pictures inside it may claim together
  std::int64_t cpu_ms = 10'000;                       ///< processor time
  std::int64_t memory_bytes = std::int64_t{1} << 30;  ///< beside the white square
};

/// Ends when it is destroyed, and by itself when this program ends, however it does.
class DrawingProcess {
 public:
  /// Throws std::runtime_error if the program cannot be started: that is no picture's fault.
  explicit DrawingProcess(const std::filesystem::path& program = drawing_program());
  ~DrawingProcess();
  DrawingProcess(const DrawingProcess&) = delete;
  DrawingProcess& operator=(const DrawingProcess&) = delete;

  /// What render_svg answers. Nothing if the process did not live to answer: end() tells why, and
  /// no more can be asked of it.
  std::optional<SvgRendering> draw(std::string_view bytes, std::int64_t side, const DrawingBudget& budget);

  bool has_drawn() const { return has_drawn_; }

  struct End {
    bool out_of_time = false;  ///< else it broke down, mostly for want of memory
    std::string words;         ///< "Aborted"
  };

  /// How it ended, once draw() gave nothing.
  /// Throws std::runtime_error if it ended of its own accord, as a program does that lacks a
  /// library.
  End end();

 private:
  std::filesystem::path program_;
  int socket_ = -1;
  pid_t process_ = -1;
  bool has_drawn_ = false;
  bool silent_ = false;
};

/// Processes at rest: as many as ever drew at once. May be used by several threads.
class DrawingProcesses {
 public:
  /// One at rest, or a new one.
  std::unique_ptr<DrawingProcess> take();
  void give_back(std::unique_ptr<DrawingProcess> process);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<DrawingProcess>> at_rest_;
};

}  // namespace tandem
