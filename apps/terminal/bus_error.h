// Handles a mapped file that another program shortened while it was being read.
#pragma once

namespace tandem::apps {

/// Installs the handler. After this call, reading past the new end of such a file (SIGBUS) prints
/// one sentence that names the file, and ends the program with exit code 2.
void explain_bus_errors();

}  // namespace tandem::apps
