#include "tandem/storage/json_text.h"

namespace tandem {

std::string json_text(const Json& document) { return document.dump(2, ' ', false, Json::error_handler_t::replace); }

std::string json_line(const Json& document) { return document.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string quoted_name(std::string_view name) {
  constexpr std::size_t kMostShown = 80;
  return Json(name.substr(0, kMostShown)).dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace tandem
