// The licence that a folder states for what is in it.
#pragma once

#include <filesystem>
#include <string>

namespace tandem {

/// The licence as the front matter of README.md states it ("license: apache-2.0"), or else the
/// first line of LICENSE, LICENSE.txt, LICENSE.md, LICENCE or COPYING. Empty if the folder states
/// none or cannot be read.
std::string stated_licence(const std::filesystem::path& folder);

}  // namespace tandem
