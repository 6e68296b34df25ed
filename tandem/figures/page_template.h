// Makes pages from the sources in pages/: marks in the HTML are replaced by style, script and data.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace tandem {

/// The bytes of tandem/figures/pages/NAME ("theme.css", "atlas/main.js"), which are embedded in the
/// program.
std::string_view page_source(std::string_view name);

/// Several of them, one after the other.
std::string page_sources(std::initializer_list<std::string_view> names);

/// `page` with every {{mark}} replaced by its value. Marks inside values are not replaced. Throws
/// std::logic_error if a mark has no value.
std::string fill_page(std::string_view page, const std::map<std::string, std::string, std::less<>>& values);

/// Text escaped so that it shows literally inside an element or a quoted attribute.
std::string html_text(std::string_view text);

/// JSON for a <script> element: it contains no "<", ">" or "&", so no caption can end the element.
/// Bytes that are not UTF-8 become U+FFFD.
std::string script_json(const nlohmann::json& data);

/// Throws FileError unless `out` ends in .html.
void check_page_path(const std::filesystem::path& out);

/// Throws c10::ValueError unless the URI is empty or begins with "data:image/"; `function` begins
/// the message.
void check_thumbnail(std::string_view function, const std::string& uri);

}  // namespace tandem
