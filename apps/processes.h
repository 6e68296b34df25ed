// The processes that torchrun or its like started together.
#pragma once

#include <memory>

#include "tandem/distribution/process_group.h"
#include "tandem/features/encode.h"
#include "tandem/training/peers.h"

namespace CLI {
class App;
}

namespace tandem::apps {

/// Adds --peer-timeout, in seconds.
void add_peer_timeout(CLI::App& command, int& seconds);

/// Meets the others, or answers nothing where this process is the only one.
std::unique_ptr<ProcessGroup> join_processes(int timeout_seconds);

/// Whether this process reports and writes; one alone does.
inline bool speaks(const ProcessGroup* group) { return group == nullptr || group->is_first(); }

/// How a training step and an encoding go through the group; on their own without one.
Peers training_peers(ProcessGroup* group);
EncodeShare encode_share(ProcessGroup* group);

}  // namespace tandem::apps
