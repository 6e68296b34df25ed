#include "tandem/figures/atlas_page.h"

#include <ATen/ops/cat.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>

#include "tandem/base/shape_check.h"
#include "tandem/figures/base64.h"
#include "tandem/figures/page_template.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

static_assert(std::endian::native == std::endian::little, "the page's typed arrays are little-endian");

// One script in the order in which the parts need each other.
constexpr std::array kScripts = {
    "data.js",         "view.js",          "flight.js",     "point_index.js", "colouring.js", "point_sizes.js",
    "points_webgl.js", "points_canvas.js", "thumbnails.js", "landscape.js",   "overlay.js",   "search.js",
    "export.js",       "telling.js",       "listing.js",    "address.js",     "gestures.js",  "main.js"};

template <typename Number, typename Values>
std::string packed(const Values& values) {
  std::vector<Number> numbers;
  numbers.reserve(values.size());
  for (const auto value : values) numbers.push_back(static_cast<Number>(value));
  return base64({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)});
}

/// The values of a tensor, row by row.
template <typename T>
std::vector<T> values_of(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().to(at::kCPU, c10::CppTypeToScalarType<T>::value).contiguous();
  const T* begin = flat.const_data_ptr<T>();
  return {begin, begin + flat.numel()};
}

/// Cosine similarities as 16 bits: about four and a half digits.
std::string packed_similarities(const std::vector<float>& similarities) {
  std::vector<long> steps;
  for (const float value : similarities) steps.push_back(std::lround(std::clamp(value, -1.0F, 1.0F) * 32767));
  return packed<std::int16_t>(steps);
}

template <typename T>
std::vector<T> joined(std::vector<T> first, const std::vector<T>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// The distinct names, and every item's index among them. With `unnamed_last` the empty name is
/// included, as the last.
nlohmann::json groups_json(const std::vector<std::string>& of, bool unnamed_last) {
  if (of.empty()) return nullptr;
  std::map<std::string, std::int64_t> numbers;
  for (const std::string& name : of) {
    if (!unnamed_last || !name.empty()) numbers.emplace(name, 0);
  }
  nlohmann::json names = nlohmann::json::array();
  for (auto& [name, number] : numbers) {
    number = static_cast<std::int64_t>(names.size());
    names.push_back(name);
  }
  if (unnamed_last) {
    numbers.emplace("", static_cast<std::int64_t>(names.size()));
    names.push_back("");
  }
  TORCH_CHECK_VALUE(names.size() < 65536, "write_atlas_page: there must be fewer than 65,536 classes, got ",
                    names.size());
  std::vector<std::int64_t> places;
  for (const std::string& name : of) places.push_back(numbers.at(name));
  return {{"names", names}, {"of", packed<std::uint16_t>(places)}};
}

void check_count(const char* what, std::size_t count, std::int64_t wanted) {
  TORCH_CHECK_VALUE(static_cast<std::int64_t>(count) == wanted, "write_atlas_page: ", what, " must be ", wanted,
                    ", one a point, got ", count);
}

void check_neighbours(const char* name, const AtlasNeighbours& neighbours, std::int64_t queries, std::int64_t rows) {
  check_shape("write_atlas_page", name, neighbours.row, {queries, kAnySize});
  check_shape("write_atlas_page", name, neighbours.similarity, {queries, neighbours.row.size(1)});
  check_finite("write_atlas_page", name, neighbours.similarity);
  for (const std::int64_t row : values_of<std::int64_t>(neighbours.row)) {
    TORCH_CHECK_VALUE(row >= 0 && row < rows, "write_atlas_page: ", name, " must be rows from 0 to ", rows - 1,
                      ", got ", row);
  }
}

void check_thumbnails(const AtlasThumbnails& thumbnails, std::int64_t images) {
  check_count("thumbnail places", thumbnails.places.size(), images);
  const std::int64_t cells =
      static_cast<std::int64_t>(thumbnails.sheets.size()) * thumbnails.columns * thumbnails.columns;
  for (const AtlasThumbnails::Place& place : thumbnails.places) {
    if (place.cell < 0) continue;
    TORCH_CHECK_VALUE(place.cell < cells && place.width >= 1 && place.height >= 1 && place.width <= thumbnails.side &&
                          place.height <= thumbnails.side,
                      "write_atlas_page: a thumbnail must be in one of ", cells, " cells and 1 to ", thumbnails.side,
                      " pixels a side, got cell ", place.cell, ", ", place.width, " x ", place.height);
  }
}

void check_landscape(const AtlasLandscape& landscape) {
  TORCH_CHECK_VALUE(landscape.shares.size() == landscape.contours.size(), "write_atlas_page: there must be ",
                    landscape.shares.size(), " contours, one per share, got ", landscape.contours.size());
  const auto check_place = [](MapPlace place) {
    TORCH_CHECK_VALUE(std::isfinite(place.x) && std::isfinite(place.y),
                      "write_atlas_page: places of the landscape must be finite, got ", place.x, ", ", place.y);
  };
  for (const std::vector<ContourLine>& lines : landscape.contours) {
    for (const ContourLine& line : lines) std::for_each(line.begin(), line.end(), check_place);
  }
  for (const AtlasRegion& region : landscape.regions) check_place(region.place);
}

void check_atlas(const Atlas& atlas) {
  check_joint_map("write_atlas_page", atlas.map);
  const std::int64_t images = atlas.map.image_points.size(0);
  const std::int64_t texts = atlas.map.text_points.size(0);
  check_count("ids", atlas.image_ids.size(), images);
  check_count("captions", atlas.captions.size(), texts);
  if (!atlas.image_labels.empty()) check_count("labels", atlas.image_labels.size(), images);
  if (!atlas.caption_verdicts.empty()) check_count("verdicts", atlas.caption_verdicts.size(), texts);
  check_count("image_ranks", atlas.image_ranks.size(), images);
  check_count("caption_ranks", atlas.caption_ranks.size(), texts);
  check_shape("write_atlas_page", "own_similarity", atlas.own_similarity, {texts});
  check_finite("write_atlas_page", "own_similarity", atlas.own_similarity);
  if (texts > 0) check_neighbours("captions_of_image", atlas.captions_of_image, images, texts);
  if (texts == 0) check_neighbours("images_of_image", atlas.images_of_image, images, images);
  check_neighbours("images_of_caption", atlas.images_of_caption, texts, images);
  check_thumbnails(atlas.thumbnails, images);
  check_landscape(atlas.landscape);
}

nlohmann::json thumbnails_json(const AtlasThumbnails& thumbnails) {
  std::vector<std::int64_t> cells, sizes;
  for (const AtlasThumbnails::Place& place : thumbnails.places) {
    cells.push_back(place.cell);
    sizes.push_back(place.width);
    sizes.push_back(place.height);
  }
  return {{"cell", thumbnails.side},
          {"columns", thumbnails.columns},
          {"sheets", thumbnails.sheets.size()},
          {"places", packed<std::int32_t>(cells)},
          {"sizes", packed<std::uint16_t>(sizes)}};
}

/// Each share's lines as one array of x and y, and the number of places in each line.
nlohmann::json landscape_json(const AtlasLandscape& landscape) {
  nlohmann::json contours = nlohmann::json::array();
  nlohmann::json regions = nlohmann::json::array();
  for (std::size_t i = 0; i < landscape.contours.size(); ++i) {
    std::vector<double> places;
    std::vector<std::size_t> lengths;
    for (const ContourLine& line : landscape.contours[i]) {
      lengths.push_back(line.size());
      for (const MapPlace& place : line) places.insert(places.end(), {place.x, place.y});
    }
    contours.push_back({{"share", landscape.shares[i]},
                        {"places", packed<float>(places)},
                        {"lengths", packed<std::uint32_t>(lengths)}});
  }
  for (const AtlasRegion& region : landscape.regions) {
    regions.push_back({{"depth", region.depth},
                       {"x", region.place.x},
                       {"y", region.place.y},
                       {"count", region.count},
                       {"words", region.words}});
  }
  return {{"contours", contours}, {"regions", regions}};
}

nlohmann::json atlas_json(const Atlas& atlas) {
  const bool alone = atlas.captions.empty();
  const AtlasNeighbours& of_image = alone ? atlas.images_of_image : atlas.captions_of_image;
  const AtlasNeighbours& of_caption = atlas.images_of_caption;
  const auto neighbours = joined(values_of<std::int64_t>(of_image.row), values_of<std::int64_t>(of_caption.row));
  const auto similarities = joined(values_of<float>(of_image.similarity), values_of<float>(of_caption.similarity));
  return {{"ids", atlas.image_ids},
          {"captions", atlas.captions},
          {"points",
           packed<float>(joined(values_of<float>(atlas.map.image_points), values_of<float>(atlas.map.text_points)))},
          {"imageOf", packed<std::uint32_t>(atlas.map.image_of_text)},
          {"ranks", packed<std::uint32_t>(joined(atlas.image_ranks, atlas.caption_ranks))},
          {"own", packed_similarities(values_of<float>(atlas.own_similarity))},
          {"listedOfPicture", of_image.row.size(1)},
          {"listedOfCaption", of_caption.row.size(1)},
          {"nearest", packed<std::uint32_t>(neighbours)},
          {"nearestSimilarities", packed_similarities(similarities)},
          {"labels", groups_json(atlas.image_labels, false)},
          {"verdicts", groups_json(atlas.caption_verdicts, true)},
          {"thumbnails", thumbnails_json(atlas.thumbnails)},
          {"landscape", landscape_json(atlas.landscape)}};
}

/// After the script, so that the map can be used while they are still being read.
std::string sheet_elements(const std::vector<std::string>& sheets) {
  std::string elements;
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    elements +=
        "<script type=\"text/plain\" id=\"sheet-" + std::to_string(i) + "\">" + base64(sheets[i]) + "</script>\n";
  }
  return elements;
}

}  // namespace

void write_atlas_page(const std::filesystem::path& out, const Atlas& atlas) {
  check_atlas(atlas);
  check_page_path(out);
  std::string script;
  for (const char* name : kScripts)
    script.append("// ").append(name).append("\n").append(page_source("atlas/" + std::string(name))).append("\n");
  const std::string style = std::string(page_source("theme.css")) + std::string(page_source("atlas/atlas.css"));
  write_file(out, fill_page(page_source("atlas/atlas.html"), {{"title", html_text(atlas.map.title)},
                                                              {"note", html_text(atlas.map.note)},
                                                              {"style", style},
                                                              {"data", script_json(atlas_json(atlas))},
                                                              {"script", script},
                                                              {"sheets", sheet_elements(atlas.thumbnails.sheets)}}));
}

}  // namespace tandem
