// The shape of a shared space as text and as JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>

#include "tandem/evaluation/space_geometry.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct GeometryReport {
  std::string run;        ///< as the user named it
  std::string data_name;  ///< of the features
  std::string split;
  std::int64_t images = 0;
  std::int64_t captions = 0;
  std::int64_t width = 0;  ///< columns of an embedding
  LogitScale scale;
  SpaceGeometry geometry;
};

/// A line about the split, then one table for each kind of measure.
void print_geometry(const GeometryReport& report, std::ostream& out);

/// The same numbers, with the histograms of similarity.
Json geometry_json(const GeometryReport& report);

/// Draws the similarities of true and other pairs; PNG, SVG or PDF by the ending of `out`.
/// Throws FileError as draw_similarity_histogram does.
void draw_similarities(const GeometryReport& report, const std::filesystem::path& out);

}  // namespace tandem
