// Independent batches on several threads, one thread per batch. Small networks gain more from this
// than from splitting every operator, and a batch gives the same bits whatever the number of
// threads.
#pragma once

#include <cstdint>
#include <functional>

#include "tandem/base/stop.h"

namespace tandem {

/// Calls work(i) for every i in [0, count) from `threads` threads, each under c10::InferenceMode
/// with one intra-op thread. Calls finished(i) after each, from one thread at a time. `threads` 0:
/// one per core. The first exception stops the rest and is thrown again here. `stop` is called
/// before every batch; after it returns true, no further batch begins. Returns how many batches
/// were done; they are always the first ones.
std::int64_t for_each_batch(std::int64_t count, int threads, const std::function<void(std::int64_t)>& work,
                            const std::function<void(std::int64_t)>& finished = {}, const StopAsked& stop = {});

}  // namespace tandem
