// How long work tells its caller how far it is. The library never prints; apps/ draws the bar.
#pragma once

#include <cstdint>
#include <functional>

namespace tandem {

/// Called with the items done so far and the items in all, from one thread at a time. Empty: nobody
/// is watching. What it throws ends the work and comes out of it; what is kept then is what a kill
/// at that moment would leave.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

}  // namespace tandem
