// Keeps freed memory in the process instead of returning it to the system.
#pragma once

namespace tandem {

/// Makes glibc keep freed blocks of any size for the next allocation. Activations are megabytes in
/// size and are allocated and freed thousands of times. By default each block goes back to the
/// system, and the next one costs page faults. This setting raised EfficientNet-Lite0 from 46 to 74
/// pictures per CPU second. Programs should call it first. Without glibc it does nothing.
void keep_freed_memory();

}  // namespace tandem
