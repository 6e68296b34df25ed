// Captions for pictures that have only a class, as in CLIP's prompts (Radford et al. 2021,
// arXiv:2103.00020, section 3.1.4).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// "a photo of {}", ...: true of any picture, so that no caption is wrong.
std::vector<std::string> default_templates();

/// Reads one template per line; empty lines are skipped. Throws FileError naming the line if a
/// template has no {} or more than one, or if the file has no template.
std::vector<std::string> read_templates(const std::filesystem::path& file);

/// The template with the class in place of {}. "a" or "an" is put before the class, unless the
/// template has its own article there ("the {}"). Underscores in the class become spaces.
std::string filled_template(std::string_view with_place, std::string_view label);

/// One of the templates, chosen by `seed` and `id`, filled with the class.
std::string generated_caption(const std::vector<std::string>& templates, std::string_view label, std::string_view id,
                              std::uint64_t seed);

}  // namespace tandem
