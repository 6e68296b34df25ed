// Zero-shot classification as text, as JSON and as a confusion matrix.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "tandem/evaluation/classification.h"
#include "tandem/figures/palette.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Writes the share of pictures that got the right class, then a table with one row per class.
void print_classification(const Classification& classification, std::ostream& out);

/// The same numbers and the complete confusion matrix.
///
///   run  folder of the run, as the user named it
Json classification_json(const Classification& classification, const std::string& run);

/// Draws the confusion matrix into the file `out`. Throws FileError as draw_confusion_matrix does.
void draw_confusion(const Classification& classification, const std::filesystem::path& out,
                    const Theme& theme = kLightTheme);

/// Writes each file with its nearest classes below it.
void print_guesses(const ClassifiedFiles& classified, std::ostream& out);

/// The same as JSON.
Json guesses_json(const ClassifiedFiles& classified, const std::string& run);

}  // namespace tandem
