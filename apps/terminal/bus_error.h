// A mapped file that another program cut short while it was being read.
#pragma once

namespace tandem::apps {

/// From here on reading past the new end of such a file (SIGBUS) is one sentence that names the
/// file, and exit code 2.
void explain_bus_errors();

}  // namespace tandem::apps
