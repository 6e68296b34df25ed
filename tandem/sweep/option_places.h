// Training options by the names that a sweep's file gives them: "loss.kind" as in run.json, and
// "head.dropout" for both heads.
#pragma once

#include <string>
#include <vector>

#include "tandem/storage/json_file.h"

namespace tandem {

/// The options that a sweep starts from, as in run.json: the defaults, but epochs 0, which is as
/// many as `tandem train` takes for so many pairs.
Json default_sweep_options();

/// The name as a pointer into run.json's options. It must not be one of both heads'.
Json::json_pointer option_pointer(const std::string& option);

/// The names in run.json that an option of a sweep stands for: two for "head.dropout", else itself.
std::vector<std::string> option_places(const std::string& option);

/// Gives the option this value in all its places.
///
///   options  run.json's options, as default_sweep_options returns them
void set_option(Json& options, const std::string& option, const Json& value);

}  // namespace tandem
