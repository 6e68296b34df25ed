// Captions for pictures that have only a class, as in CLIP's prompts (Radford et al. 2021,
// arXiv:2103.00020, section 3.1.4).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// "a photo of {}", ...: true of any picture, so that none is a wrong caption.
std::vector<std::string> default_templates();

/// One template a line; empty lines are passed over.
/// Throws FileError naming the line if one has no {} or two, or the file has none.
std::vector<std::string> read_templates(const std::filesystem::path& file);

/// The template with the class in place of {}: "a" or "an" goes before it, unless the template has
/// an article of its own just there ("the {}"). Underscores of the class are spaces.
std::string filled_template(std::string_view with_place, std::string_view label);

/// The template that seed and id choose, filled.
std::string generated_caption(const std::vector<std::string>& templates, std::string_view label, std::string_view id,
                              std::uint64_t seed);

}  // namespace tandem
