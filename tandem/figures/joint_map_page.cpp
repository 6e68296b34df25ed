#include "tandem/figures/joint_map_page.h"

#include <c10/util/Exception.h>

#include <cmath>

#include "tandem/figures/page_template.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

// Six digits are finer than a pixel at the deepest zoom.
double rounded(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10.0, 6 - std::ceil(std::log10(std::abs(value))));
  return std::isfinite(scale) ? std::round(value * scale) / scale : value;
}

}  // namespace

void write_joint_map_page(const std::filesystem::path& out, const JointMap& map,
                          const std::vector<PagePicture>& pictures,
                          const std::vector<std::string>& captions) {
  check_joint_map("write_joint_map_page", map);
  TORCH_CHECK_VALUE(static_cast<std::int64_t>(pictures.size()) == map.image_points.size(0),
                    "write_joint_map_page: pictures must be one for each of the ", map.image_points.size(0),
                    " image points, got ", pictures.size());
  TORCH_CHECK_VALUE(static_cast<std::int64_t>(captions.size()) == map.text_points.size(0),
                    "write_joint_map_page: captions must be one for each of the ", map.text_points.size(0),
                    " text points, got ", captions.size());
  for (const PagePicture& picture : pictures)
    check_thumbnail("write_joint_map_page", picture.thumbnail_data_uri);
  check_page_path(out);

  const at::Tensor image_places = map.image_points.detach().to(at::kCPU, at::kDouble).contiguous();
  const at::Tensor text_places = map.text_points.detach().to(at::kCPU, at::kDouble).contiguous();
  const double* image_place = image_places.const_data_ptr<double>();
  const double* text_place = text_places.const_data_ptr<double>();
  nlohmann::json data = {{"images", nlohmann::json::array()}, {"texts", nlohmann::json::array()}};
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    data["images"].push_back({{"x", rounded(image_place[2 * i])},
                              {"y", rounded(image_place[2 * i + 1])},
                              {"id", pictures[i].id},
                              {"src", pictures[i].thumbnail_data_uri}});
  }
  for (std::size_t t = 0; t < captions.size(); ++t) {
    data["texts"].push_back({{"x", rounded(text_place[2 * t])},
                             {"y", rounded(text_place[2 * t + 1])},
                             {"caption", captions[t]},
                             {"image", map.image_of_text[t]}});
  }
  const std::string style = std::string(page_source("theme.css")) + std::string(page_source("joint_map.css"));
  write_file(
      out, fill_page(page_source("joint_map.html"), {{"title", html_text(map.title)},
                                                     {"note", html_text(map.note)},
                                                     {"style", style},
                                                     {"data", script_json(data)},
                                                     {"script", std::string(page_source("joint_map.js"))}}));
}

}  // namespace tandem
