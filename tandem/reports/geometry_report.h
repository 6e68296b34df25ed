// The geometry of a shared space as text, as JSON and as a figure.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>

#include "tandem/evaluation/space_geometry.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct GeometryReport {
  std::string run;        ///< folder of the run, as the user named it
  std::string data_name;  ///< of the features
  std::string split;
  std::int64_t images = 0;
  std::int64_t captions = 0;
  std::int64_t width = 0;  ///< number of columns of an embedding
  LogitScale scale;
  SpaceGeometry geometry;
};

/// Writes one line about the split, then one table per kind of measure.
void print_geometry(const GeometryReport& report, std::ostream& out);

/// The same numbers and the histograms of the similarities.
Json geometry_json(const GeometryReport& report);

/// Draws histograms of the similarities of true and of other pairs. The ending of `out` decides:
/// .png, .svg or .pdf.
/// Throws FileError as draw_similarity_histogram does.
void draw_similarities(const GeometryReport& report, const std::filesystem::path& out);

}  // namespace tandem
