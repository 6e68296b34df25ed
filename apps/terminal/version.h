// The version of the program.
#pragma once

namespace tandem::apps {

/// "tandem 0.2.0 (commit 1a2b3c4d5e)". "-dirty" follows the commit if the checkout had changes. A
/// build from an archive names no commit.
const char* version_text();

}  // namespace tandem::apps
