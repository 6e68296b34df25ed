#include "tandem/data/caption_templates.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/csv_rows.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

constexpr std::string_view kPlace = "{}";
constexpr std::array<std::string_view, 5> kArticles = {"a", "an", "the", "one", "this"};

bool begins_with_vowel(std::string_view word) {
  return std::string_view("aeiouAEIOU").find(word.front()) != std::string_view::npos;
}

bool has_article(std::string_view before) {
  return std::any_of(kArticles.begin(), kArticles.end(), [&](std::string_view article) {
    return before == article || before.ends_with(" " + std::string(article));
  });
}

}  // namespace

std::vector<std::string> default_templates() {
  return {"a photo of {}",          "a picture of {}",       "a small photo of {}",   "a low resolution photo of {}",
          "a blurry picture of {}", "a photo that shows {}", "{} in a small picture", "a tiny picture of {}"};
}

std::vector<std::string> read_templates(const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  if (!is_utf8(bytes)) throw FileError(file, "UTF-8 text", "other bytes");
  std::string_view text = without_byte_order_mark(bytes);
  std::vector<std::string> templates;
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::string words = clean_caption(take_line(text));
    if (is_blank(words)) continue;
    const std::size_t place = words.find(kPlace);
    if (place == std::string::npos || words.find(kPlace, place + 1) != std::string::npos) {
      throw FileError(file, "one {} for the class on " + line_name(line), "\"" + words + "\"");
    }
    templates.push_back(words);
  }
  if (templates.empty()) throw FileError(file, "templates, one per line", "none");
  return templates;
}

std::string filled_template(std::string_view with_place, std::string_view label) {
  const std::size_t place = with_place.find(kPlace);
  TORCH_CHECK_VALUE(place != std::string_view::npos && !label.empty(),
                    "filled_template: needed a template with {} and a class, got \"", with_place, "\" and \"", label,
                    "\"");
  std::string words(label);
  std::replace(words.begin(), words.end(), '_', ' ');
  const std::string before(with_place.substr(0, place));
  std::string article;
  if (!has_article(trimmed(before))) article = begins_with_vowel(words) ? "an " : "a ";
  return before + article + words + std::string(with_place.substr(place + kPlace.size()));
}

std::string generated_caption(const std::vector<std::string>& templates, std::string_view label, std::string_view id,
                              std::uint64_t seed) {
  TORCH_CHECK_VALUE(!templates.empty() && !label.empty(), "generated_caption: needed templates and a class, got ",
                    templates.size(), " and \"", label, "\"");
  Checksum checksum;
  checksum.add_field("template").add_field(std::to_string(seed)).add_field(id);
  const std::string& chosen = templates[std::stoul(checksum.text().substr(0, 8), nullptr, 16) % templates.size()];
  return filled_template(chosen, label);
}

}  // namespace tandem
