// Interrupts work now and then, so that what is finished can be written to disk.
#pragma once

#include "tandem/base/stop.h"

namespace tandem {

/// True if `stop` is, or if more than `seconds` have passed since this call and the result was
/// asked before: one piece of work at least is done between two interruptions. May be called from
/// several threads at once; `stop` must outlive it.
StopAsked stop_or_keep(const StopAsked& stop, double seconds);

}  // namespace tandem
