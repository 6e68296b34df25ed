// One request to a drawing process, and what becomes of a document that ends the process.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

#include "tandem/images/drawing_process.h"

namespace tandem {

/// The answer of `ask`, which gets a process at rest or a new one and returns nothing if the document ended it. If the
/// process had drawn others, the document is tried once more in a new one: earlier documents must not decide.
///
///   what  of the sentence, "drawing" or "picture"
///
/// May be called from several threads at once. Throws FileError naming `name` if the document exceeds the budget or
/// ends a new process.
Rendering bounded_rendering(const std::filesystem::path& name, std::string_view what, const DrawingBudget& budget,
                            const std::function<std::optional<Rendering>(DrawingProcess&)>& ask);

}  // namespace tandem
