#include "tandem/readers/coco_categories.h"

#include <map>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/json_walk.h"

namespace tandem {
namespace {

struct Object {
  std::int64_t image = -1, category = -1;
  double area = 0;
};

/// picture -> category -> area
using Areas = std::unordered_map<std::int64_t, std::map<std::int64_t, double>>;

}  // namespace

MainCategories read_main_categories(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    throw FileError(file, "COCO's instances, which --per-category needs", "no such file");
  std::map<std::int64_t, std::string> names;
  Areas areas;
  Object object;
  std::int64_t category_id = -1;
  std::string name;
  walk_json(file, {.on_text =
                       [&](std::string_view place, std::string& text) {
                         if (place == "/categories/name") name = std::move(text);
                       },
                   .on_number =
                       [&](std::string_view place, std::int64_t number) {
                         if (place == "/annotations/image_id") object.image = number;
                         if (place == "/annotations/category_id") object.category = number;
                         if (place == "/annotations/area") object.area = static_cast<double>(number);
                         if (place == "/categories/id") category_id = number;
                       },
                   .on_real =
                       [&](std::string_view place, double number) {
                         if (place == "/annotations/area") object.area = number;
                       },
                   .on_object_end =
                       [&](std::string_view place) {
                         if (place == "/annotations") {
                           areas[object.image][object.category] += object.area;
                           object = {};
                         } else if (place == "/categories") {
                           if (!is_utf8(name) || is_blank(name))
                             throw FileError(file, "a name for every category",
                                             "none for " + std::to_string(category_id));
                           names[category_id] = std::move(name);
                           name.clear();
                         }
                       }});
  if (names.empty() || areas.empty()) {
    throw FileError(file, "lists \"annotations\" and \"categories\", as COCO's instances have them",
                    names.empty() ? "no categories" : "no annotations");
  }
  MainCategories categories;
  for (const auto& [image, of_category] : areas) {
    auto largest = of_category.begin();
    for (auto one = of_category.begin(); one != of_category.end(); ++one) {
      if (one->second > largest->second) largest = one;
    }
    const auto known = names.find(largest->first);
    if (known == names.end()) {
      throw FileError(file, "objects of its own categories",
                      "category " + std::to_string(largest->first) + " in picture " + std::to_string(image));
    }
    categories[image] = known->second;
  }
  return categories;
}

}  // namespace tandem
