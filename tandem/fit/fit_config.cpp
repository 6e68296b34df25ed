#include "tandem/fit/fit_config.h"

#include <algorithm>
#include <vector>

#include "tandem/base/joined_text.h"
#include "tandem/fit/fit_options_json.h"
#include "tandem/sweep/toml_file.h"

namespace tandem {
namespace {

constexpr const char* kBothHeads = "head";
constexpr const char* kThreads = "threads";

/// Every option with a value of its kind; lists have one entry, to compare other entries with.
Json example_options() {
  FitOptions example;
  example.encode.image_encoders = {""};
  example.encode.text_encoders = {""};
  example.ensemble.weights = {1.0};
  return to_json(example);
}

std::string kind_words(const Json& example) {
  if (example.is_array()) return "a list, each entry " + kind_words(example.front());
  if (example.is_object()) return "a table";
  if (example.is_boolean()) return "true or false";
  if (example.is_string()) return "a string";
  return example.is_number_integer() ? "a whole number" : "a number";
}

bool has_kind(const Json& value, const Json& example) {
  if (example.is_array()) {
    return value.is_array() &&
           std::all_of(value.begin(), value.end(), [&](const Json& entry) { return has_kind(entry, example.front()); });
  }
  if (example.is_object()) return value.is_object();
  if (example.is_boolean()) return value.is_boolean();
  if (example.is_string()) return value.is_string();
  return example.is_number_integer() ? value.is_number_integer() : value.is_number();
}

/// Whole numbers become floating-point ones where the option is one.
Json as_kind(const Json& value, const Json& example) {
  if (example.is_number_float()) return value.get<double>();
  if (!example.is_array()) return value;
  Json list = Json::array();
  for (const Json& entry : value) list.push_back(as_kind(entry, example.front()));
  return list;
}

void put_over(Json& options, const Json& example, const Json& given, const std::string& key, const TomlFile& file) {
  for (const auto& [name, value] : given.items()) {
    const std::string inner = key.empty() ? name : key + "." + name;
    if (key == "train" && name == kBothHeads) {
      for (const char* head : {"image_head", "text_head"}) {
        if (!value.is_object()) throw file.wrong(inner, "a table [train.head]", json_type(value));
        put_over(options[head], example.at(head), value, inner, file);
      }
      continue;
    }
    if (!example.contains(name)) {
      const std::string names = joined_text(example.items(), ", ", [](const auto& known) { return known.key(); });
      throw file.wrong(inner, (key.empty() ? "one of " : "of [" + key + "] one of ") + names, "\"" + inner + "\"");
    }
    const Json& kind = example.at(name);
    if (!has_kind(value, kind)) throw file.wrong(inner, kind_words(kind) + " for " + inner, json_type(value));
    if (kind.is_object()) {
      put_over(options[name], kind, value, inner, file);
    } else {
      options[name] = as_kind(value, kind);
    }
  }
}

/// Strings, numbers and lists of them are written in TOML as in JSON.
void add_table(std::string& text, const Json& table, const std::string& name) {
  if (!name.empty()) text += "\n[" + name + "]\n";
  for (const auto& [key, value] : table.items()) {
    if (!value.is_object()) text += key + " = " + value.dump() + "\n";
  }
  for (const auto& [key, value] : table.items()) {
    if (value.is_object()) add_table(text, value, name.empty() ? key : name + "." + key);
  }
}

std::string difference_of(const Json& had, const Json& wanted, const std::string& key) {
  for (const auto& [name, value] : had.items()) {
    const Json& other = wanted.at(name);
    if (value == other) continue;
    const std::string inner = key.empty() ? name : key + "." + name;
    if (value.is_object()) return difference_of(value, other, inner);
    return inner + " = " + value.dump() + ", not " + other.dump();
  }
  return "";
}

}  // namespace

FitOptions with_config(const FitOptions& options, const std::filesystem::path& file) {
  const TomlFile toml = read_toml(file);
  Json json = to_json(options);
  put_over(json, example_options(), toml.values, "", toml);
  return fit_options_from_json(json, file);
}

std::string config_text(const FitOptions& options) {
  Json json = to_json(options);
  Json& train = json["train"];
  if (train["image_head"] == train["text_head"]) {
    train[kBothHeads] = train["image_head"];
    train.erase("image_head");
    train.erase("text_head");
  }
  std::string text =
      "# Every option of a model made by `tandem fit`. `tandem fit --config FILE --out OTHER` makes it again.\n";
  add_table(text, json, "");
  return text;
}

std::string first_difference(const FitOptions& had, const FitOptions& wanted) {
  Json one = to_json(had);
  Json other = to_json(wanted);
  one.erase(kThreads);
  other.erase(kThreads);
  return difference_of(one, other, "");
}

}  // namespace tandem
