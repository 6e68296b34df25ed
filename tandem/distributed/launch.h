// Which of several processes this is, read from the environment as torchrun, Slurm's srun with a
// few exports, or a Kubernetes job sets it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tandem {

struct Launch {
  int rank = 0;
  int count = 1;
  int local_rank = 0;  ///< among the processes of this machine
  std::string host;    ///< address at which the processes meet
  std::uint16_t port = 0;
  bool store_serves = false;  ///< the launcher serves the meeting point; otherwise rank 0 serves it
};

/// From RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT, LOCAL_RANK (0 if it is not set) and
/// TORCHELASTIC_USE_AGENT_STORE; nothing if WORLD_SIZE is not set.
/// Throws c10::ValueError naming the variable that is missing or invalid.
std::optional<Launch> launch_from_environment();

/// Whether this process is the only one or the first; needs no contact with the others. Throws as
/// launch_from_environment does.
bool is_first_process();

}  // namespace tandem
