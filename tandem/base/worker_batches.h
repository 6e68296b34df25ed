// Independent batches on several threads, one thread a batch: small networks gain more from that
// than from splitting every operator, and a batch gives the same bits however many threads there
// are.
#pragma once

#include <cstdint>
#include <functional>

#include "tandem/base/stop.h"

namespace tandem {

/// Calls work(i) for every i in [0, count), each from one of `threads` threads under
/// c10::InferenceMode with one intra-op thread, and finished(i) after each, from one thread at a
/// time. `threads` 0 stands for one a core. The first exception stops the rest and is thrown again
/// here. `stop` is asked before every batch; once it answers true none is begun. Returns how many
/// batches were done: the first ones.
std::int64_t for_each_batch(std::int64_t count, int threads, const std::function<void(std::int64_t)>& work,
                            const std::function<void(std::int64_t)>& finished = {}, const StopAsked& stop = {});

}  // namespace tandem
