// The names of training options in a sweep's file: "loss.kind" as in run.json, and "head.dropout"
// for both heads.
#pragma once

#include <string>
#include <vector>

#include "tandem/storage/json_file.h"

namespace tandem {

/// The options that a sweep starts from, in the form of run.json: the defaults, but with epochs 0,
/// which means the default of `tandem train` for the number of pairs.
Json default_sweep_options();

/// The option as a JSON pointer into the options of run.json. `option` must not start with "head.".
Json::json_pointer option_pointer(const std::string& option);

/// The names in run.json that an option of a sweep stands for: two for "head.dropout", otherwise
/// the option itself.
std::vector<std::string> option_places(const std::string& option);

/// Sets the option to `value` in all its places.
///
///   options  the options of run.json, as default_sweep_options returns them
void set_option(Json& options, const std::string& option, const Json& value);

}  // namespace tandem
