// What a written page holds.
#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace tandem::tests {

inline constexpr const char* kHostileCaption =
    "</script><b>bold</b> \"it's\" & \xd9\x83\xd9\x84\xd8\xa8 \xf0\x9f\x90\x95";

/// The JSON embedded in a page.
inline nlohmann::json page_data(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = page.find(open);
  REQUIRE(begin != std::string::npos);
  const std::size_t end = page.find("</script>", begin);
  REQUIRE(end != std::string::npos);
  return nlohmann::json::parse(page.substr(begin + open.size(), end - begin - open.size()));
}

}  // namespace tandem::tests
