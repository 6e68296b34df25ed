#include "tandem/sweep/option_places.h"

#include "tandem/training/train_options_json.h"

namespace tandem {
namespace {

/// A character as JSON pointers (RFC 6901) write it; levels are divided by full stops.
std::string pointer_text(char c) {
  if (c == '.') return "/";
  if (c == '~') return "~0";
  return c == '/' ? "~1" : std::string(1, c);
}

}  // namespace

Json default_sweep_options() {
  Json options = to_json(TrainOptions());
  options["epochs"] = 0;
  return options;
}

Json::json_pointer option_pointer(const std::string& option) {
  std::string path = "/";
  for (const char c : option) path += pointer_text(c);
  return Json::json_pointer(path);
}

std::vector<std::string> option_places(const std::string& option) {
  const std::string prefix = "head.";
  if (!option.starts_with(prefix)) return {option};
  const std::string rest = option.substr(prefix.size());
  return {"image_head." + rest, "text_head." + rest};
}

void set_option(Json& options, const std::string& option, const Json& value) {
  for (const std::string& place : option_places(option)) options[option_pointer(place)] = value;
}

}  // namespace tandem
