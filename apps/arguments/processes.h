// The processes that torchrun or its like started together.
#pragma once

#include <memory>
#include <string>

#include "tandem/distributed/process_group.h"
#include "tandem/features/encode.h"
#include "tandem/training/peers.h"

namespace CLI {
class App;
}

namespace tandem::apps {

/// Adds --peer-timeout, in seconds.
void add_peer_timeout(CLI::App& command, int& seconds);

/// The device of that name, as device_named() has it; for several processes "cuda", with or without
/// a number, is a GPU of each one's own, as LOCAL_RANK says.
c10::Device device_of_process(const std::string& name);

/// Meets the others, or answers nothing where this process is the only one. Tensors that go between
/// them are of `device`.
std::unique_ptr<ProcessGroup> join_processes(int timeout_seconds, c10::Device device = c10::kCPU);

/// Whether this process reports and writes; one alone does.
inline bool speaks(const ProcessGroup* group) { return group == nullptr || group->is_first(); }

/// Whether one of the processes was asked to stop: the same answer in all of them, who must ask
/// together. On `device`, as join_processes() has it.
bool stop_asked_of_any(ProcessGroup* group, c10::Device device);

/// How a training step and an encoding go through the group; on their own without one.
Peers training_peers(ProcessGroup* group);
EncodeShare encode_share(ProcessGroup* group);

}  // namespace tandem::apps
