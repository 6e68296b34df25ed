#include "tandem/reports/saved_map.h"

#include <ATen/ops/cat.h>

#include <string>

#include "tandem/base/errors.h"
#include "tandem/reports/joint_projection_report.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

const std::string& field(const SafetensorsFile& file, const std::string& name) {
  const auto found = file.metadata().find(name);
  if (found == file.metadata().end())
    throw FileError(file.path(), "a saved map with \"" + name + "\" in its metadata", "none");
  return found->second;
}

/// One of two words, or a FileError.
bool is_first(const SafetensorsFile& file, const std::string& name, const std::string& first,
              const std::string& second) {
  const std::string& found = field(file, name);
  if (found != first && found != second)
    throw FileError(file.path(), "\"" + first + "\" or \"" + second + "\" as " + name, "\"" + found + "\"");
  return found == first;
}

}  // namespace

void write_saved_map(const std::filesystem::path& path, const JointProjection& map,
                     const JointProjectionOptions& options) {
  const at::Tensor images = map.image_points();
  const at::Tensor texts = map.text_points();
  write_safetensors(path,
                    {{"image_points", images},
                     {"text_points", texts},
                     {"image_rows", map.rows.narrow(0, 0, map.images)},
                     {"text_rows", map.rows.narrow(0, map.images, texts.size(0))},
                     {"image_mean", map.image_mean},
                     {"text_mean", map.text_mean}},
                    {{"format", "tandem map"},
                     {"version", "1"},
                     {"method", map.method == MapMethod::kPca ? "pca" : "tsne"},
                     {"gap_closed", map.gap_closed ? "yes" : "no"},
                     {"made", map_json(map, options).dump()}});
}

JointProjection read_saved_map(const std::filesystem::path& path) {
  const SafetensorsFile file = SafetensorsFile::open_checked(path);
  if (field(file, "format") != "tandem map")
    throw FileError(path, "a map saved by 'tandem map --save'", "\"" + field(file, "format") + "\"");
  if (field(file, "version") != "1")
    throw FileError(path, "version 1 of a saved map", "version " + field(file, "version"));
  JointProjection map;
  map.method = is_first(file, "method", "pca", "tsne") ? MapMethod::kPca : MapMethod::kTsne;
  map.gap_closed = is_first(file, "gap_closed", "yes", "no");
  const at::Tensor image_rows = file.tensor("image_rows");
  const at::Tensor text_rows = file.tensor("text_rows");
  for (const at::Tensor& rows : {image_rows, text_rows}) {
    if (rows.dim() != 2 || rows.size(0) == 0 || rows.size(1) != image_rows.size(1) ||
        rows.scalar_type() != at::kFloat) {
      throw FileError(path, "rows of one width in float32 for both sides of a saved map", "others");
    }
  }
  const std::int64_t texts = text_rows.size(0);
  const std::int64_t width = image_rows.size(1);
  map.images = image_rows.size(0);
  map.rows = at::cat({image_rows, text_rows});
  map.points = at::cat({file.tensor("image_points", {map.images, 2}), file.tensor("text_points", {texts, 2})});
  map.image_mean = file.tensor("image_mean", {width}).clone();
  map.text_mean = file.tensor("text_mean", {width}).clone();
  return map;
}

}  // namespace tandem
