// Several texts put together into one.
#pragma once

#include <string>
#include <string_view>

namespace tandem {

/// The texts of `things` in order, with `between` between each two; empty if there are no things.
/// `text_of` is called once for each of them.
template <typename Things, typename TextOf>
std::string joined_text(const Things& things, std::string_view between, const TextOf& text_of) {
  std::string text;
  bool is_first = true;
  for (const auto& thing : things) {
    if (!is_first) text += between;
    is_first = false;
    text += text_of(thing);
  }
  return text;
}

/// The same for things that are texts themselves.
template <typename Texts>
std::string joined_text(const Texts& texts, std::string_view between) {
  return joined_text(texts, between, [](std::string_view text) { return text; });
}

}  // namespace tandem
