// Work with several processes that torchrun or a similar launcher started together.
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

/// The device of this name, as device_named() returns it. With several processes, "cuda" with or
/// without a number is one GPU per process, the one with the number LOCAL_RANK. Throws as
/// device_named() does.
c10::Device device_of_process(const std::string& name);

/// Connects to the other processes. Returns nullptr if this process is the only one.
///
///   device  of the tensors that the processes exchange
///
/// Throws as ProcessGroup does.
std::unique_ptr<ProcessGroup> join_processes(int timeout_seconds, c10::Device device = c10::kCPU);

/// Whether this process reports and writes files. Only one of the processes does.
inline bool speaks(const ProcessGroup* group) { return group == nullptr || group->is_first(); }

/// Whether at least one of the processes was asked to stop. All processes must call it at the same
/// point and get the same answer.
///
///   group   nullptr: this process is the only one
///   device  as for join_processes()
bool stop_asked_of_any(ProcessGroup* group, c10::Device device);

/// The functions by which training and encoding use the group. If `group` is nullptr, this process
/// works alone.
Peers training_peers(ProcessGroup* group);
EncodeShare encode_share(ProcessGroup* group);

}  // namespace tandem::apps
