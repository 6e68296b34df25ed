#include "tandem/figures/page_template.h"

#include <c10/util/Exception.h>

#include <stdexcept>

#include "tandem/base/errors.h"
#include "tandem/storage/json_text.h"

namespace tandem {

std::string page_sources(std::initializer_list<std::string_view> names) {
  std::string joined;
  for (const std::string_view name : names) joined.append(page_source(name));
  return joined;
}

std::string fill_page(std::string_view page, const std::map<std::string, std::string, std::less<>>& values) {
  std::string filled;
  for (;;) {
    const std::size_t open = page.find("{{");
    const std::size_t close = open == std::string_view::npos ? open : page.find("}}", open);
    if (close == std::string_view::npos) return filled.append(page);
    const auto value = values.find(page.substr(open + 2, close - open - 2));
    if (value == values.end()) {
      throw std::logic_error("fill_page: no value for {{" + std::string(page.substr(open + 2, close - open - 2)) +
                             "}}");
    }
    filled.append(page.substr(0, open)).append(value->second);
    page.remove_prefix(close + 2);
  }
}

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string script_json(const nlohmann::json& data) {
  const std::string plain = json_line(data);
  std::string safe;
  safe.reserve(plain.size() + plain.size() / 16);
  for (const char c : plain) {
    switch (c) {  // These three occur only inside JSON strings, where an escape is equivalent.
      case '<':
        safe += "\\u003c";
        break;
      case '>':
        safe += "\\u003e";
        break;
      case '&':
        safe += "\\u0026";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

void check_page_path(const std::filesystem::path& out) {
  if (out.extension() != ".html") {
    throw FileError(out, "a page's name to end in .html", out.has_extension() ? out.extension().string() : "no ending");
  }
}

void check_thumbnail(std::string_view function, const std::string& uri) {
  TORCH_CHECK_VALUE(uri.empty() || uri.starts_with("data:image/"), function,
                    ": a thumbnail must be empty or a data:image/ URI, got ", uri.substr(0, 40));
}

}  // namespace tandem
