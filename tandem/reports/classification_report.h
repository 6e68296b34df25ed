// Zero-shot classification as text, as JSON and as a confusion matrix.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "tandem/evaluation/classification.h"
#include "tandem/figures/palette.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// The shares of pictures that are right, then a table with one row per class.
void print_classification(const Classification& classification, std::ostream& out);

/// The same numbers and the whole confusion matrix.
///   run  as the user named it
Json classification_json(const Classification& classification, const std::string& run);

/// Throws FileError as draw_confusion_matrix does.
void draw_confusion(const Classification& classification, const std::filesystem::path& out,
                    const Theme& theme = kLightTheme);

/// Each file with its nearest classes below it.
void print_guesses(const ClassifiedFiles& classified, std::ostream& out);

/// The same.
Json guesses_json(const ClassifiedFiles& classified, const std::string& run);

}  // namespace tandem
