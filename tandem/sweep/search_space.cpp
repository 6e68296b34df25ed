#include "tandem/sweep/search_space.h"

#include <algorithm>
#include <set>

#include "tandem/base/joined_text.h"
#include "tandem/sweep/option_places.h"

namespace tandem {
namespace {

constexpr std::size_t kMostCombinations = 100'000;

/// A leaf of run.json's options, to compare a value's type with. Throws FileError if there is none,
/// or it is not the grid's to choose.
Json known_option(const TomlFile& file, const std::string& key, const std::string& option) {
  static const Json options = default_sweep_options();
  const auto place = option_pointer(option_places(option).front());
  if (!options.contains(place) || options.at(place).is_object()) {
    const std::string names = joined_text(
        options.items(), ", ", [](const auto& known) { return known.key() + (known.value().is_object() ? ".*" : ""); });
    throw file.wrong(key, "an option by its name in run.json (" + names + "; head.* for both heads)",
                     "\"" + option + "\"");
  }
  if (option == "seed") throw file.wrong(key, "options without the seed, of which --seeds says how many", "\"seed\"");
  for (const std::string told : {"pooled", "view_widths"}) {
    if (option.ends_with("_head." + told) || option == "head." + told)
      throw file.wrong(key, "options without \"" + told + "\", which the features tell", "\"" + option + "\"");
  }
  return options.at(place);
}

std::string kind_of(const Json& value) {
  if (value.is_boolean()) return "true or false";
  if (value.is_string()) return "a string";
  return value.is_number_integer() ? "a whole number" : "a number";
}

bool is_of_kind(const Json& value, const Json& example) {
  if (example.is_boolean()) return value.is_boolean();
  if (example.is_string()) return value.is_string();
  return example.is_number_integer() ? value.is_number_integer() : value.is_number();
}

Json checked_value(const TomlFile& file, const std::string& key, const std::string& option, const Json& value) {
  const Json example = known_option(file, key, option);
  if (!is_of_kind(value, example))
    throw file.wrong(key, kind_of(example) + " for \"" + option + "\"", json_type(value));
  return example.is_number_float() ? Json(value.get<double>()) : value;
}

/// Shows every leaf of a table that `is_leaf`, with its key in the file and the option's name.
template <typename IsLeaf, typename Visit>
void walk(const Json& table, const std::string& key, const std::string& option, const IsLeaf& is_leaf,
          const Visit& visit) {
  for (const auto& [name, value] : table.items()) {
    const std::string inner_key = key + "." + name;
    const std::string inner_option = option.empty() ? name : option + "." + name;
    if (value.is_object() && !is_leaf(value)) {
      walk(value, inner_key, inner_option, is_leaf, visit);
    } else {
      visit(inner_key, inner_option, value);
    }
  }
}

constexpr auto kNoTable = [](const Json&) { return false; };

Json table_of(const TomlFile& file, const char* name) {
  if (!file.values.contains(name)) return Json::object();
  const Json& table = file.values.at(name);
  if (!table.is_object()) throw file.wrong(name, std::string("a table [") + name + "]", json_type(table));
  return table;
}

NamedValues read_values(const TomlFile& file, const Json& table, const std::string& key) {
  NamedValues values;
  walk(table, key, "", kNoTable, [&](const std::string& at, const std::string& option, const Json& value) {
    values.emplace_back(option, checked_value(file, at, option, value));
  });
  return values;
}

std::vector<SweepCase> read_cases(const TomlFile& file) {
  std::vector<SweepCase> cases;
  std::set<std::string> known;
  if (!file.values.contains("cases")) return cases;
  const Json& list = file.values.at("cases");
  if (!list.is_array()) throw file.wrong("cases", "tables [[cases]]", json_type(list));
  for (std::size_t c = 0; c < list.size(); ++c) {
    const std::string key = "cases." + std::to_string(c);
    if (!list[c].is_object()) throw file.wrong(key, "a table [[cases]]", json_type(list[c]));
    Json table = list[c];
    if (!table.contains("name") || !table["name"].is_string()) throw file.wrong(key, "a name for every case", "none");
    const std::string name = table["name"];
    if (!known.insert(name).second)
      throw file.wrong(key + ".name", "a name no other case has", "\"" + name + "\" again");
    table.erase("name");
    cases.push_back({.name = name, .values = read_values(file, table, key)});
  }
  return cases;
}

std::vector<Json> read_entries(const TomlFile& file, const std::string& key, const std::string& option,
                               const Json& list) {
  known_option(file, key, option);
  if (!list.is_array() || list.empty())
    throw file.wrong(key, "a list with at least one value for \"" + option + "\"",
                     list.is_array() ? "an empty one" : json_type(list));
  std::vector<Json> entries;
  std::set<std::string> known;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string entry_key = key + "." + std::to_string(i);
    const Json value = checked_value(file, entry_key, option, list[i]);
    if (!known.insert(value.dump()).second)
      throw file.wrong(entry_key, "every value of \"" + option + "\" once", value.dump() + " again");
    entries.push_back(value);
  }
  return entries;
}

SweepRange read_range(const TomlFile& file, const std::string& key, const std::string& option, const Json& ends,
                      bool logarithmic) {
  const Json example = known_option(file, key, option);
  if (!example.is_number()) throw file.wrong(key, "a choice for \"" + option + "\", which is no number", "a range");
  const bool two_numbers = ends.is_array() && ends.size() == 2 && ends[0].is_number() && ends[1].is_number();
  if (!two_numbers || ends[0] >= ends[1] || (logarithmic && ends[0] <= 0)) {
    throw file.wrong(key,
                     std::string("[low, high] with low below high") + (logarithmic ? " and above 0" : "") + " for \"" +
                         option + "\"",
                     ends.dump());
  }
  return {.option = option,
          .logarithmic = logarithmic,
          .whole = example.is_number_integer(),
          .low = ends[0],
          .high = ends[1]};
}

bool is_draw(const Json& table) {
  return table.contains("uniform") || table.contains("log_uniform") || table.contains("choice");
}

void read_random(SearchSpace& space) {
  const TomlFile& file = space.file;
  walk(table_of(file, "random"), "random", "", is_draw,
       [&](const std::string& key, const std::string& option, const Json& draw) {
         known_option(file, key, option);
         if (!draw.is_object() || draw.size() != 1) {
           throw file.wrong(
               key,
               "one of { uniform = [low, high] }, { log_uniform = [low, high] } and { choice = [...] } for \"" +
                   option + "\"",
               draw.dump());
         }
         const std::string kind = draw.begin().key();
         if (kind == "choice") {
           space.lists.push_back({.option = option, .values = read_entries(file, key, option, draw.begin().value())});
         } else {
           space.ranges.push_back(read_range(file, key, option, draw.begin().value(), kind == "log_uniform"));
         }
       });
}

/// An option that two parts of the file set has no meaning.
void refuse_doubles(const SearchSpace& space) {
  std::set<std::string> varied;
  const auto once = [&](const std::string& option) {
    for (const std::string& place : option_places(option)) {
      if (!varied.insert(place).second)
        throw FileError(space.file.path, "every option varied in one place of the file", "\"" + option + "\" in two");
    }
  };
  for (const SweepList& list : space.lists) once(list.option);
  for (const SweepRange& range : space.ranges) once(range.option);
  for (const SweepCase& one : space.cases) {
    for (const auto& [option, value] : one.values) {
      for (const std::string& place : option_places(option)) {
        if (varied.contains(place))
          throw FileError(space.file.path, "every option varied in one place of the file",
                          "\"" + option + "\" in case \"" + one.name + "\" and in a list or range");
      }
    }
  }
}

/// The product of the lists grows faster than the file: it is looked at before it is made.
void check_combinations(const SearchSpace& space) {
  if (space.file.values.contains("random")) return;  // Then lists are drawn from.
  std::size_t combinations = std::max<std::size_t>(space.cases.size(), 1);
  for (const SweepList& list : space.lists) {
    if (list.values.size() > kMostCombinations / combinations)
      throw space.file.wrong("grid", "a grid of at most " + std::to_string(kMostCombinations) + " combinations",
                             "more");
    combinations *= list.values.size();
  }
}

}  // namespace

SearchSpace read_search_space(const std::filesystem::path& path) {
  SearchSpace space{.file = read_toml(path)};
  for (const auto& [name, value] : space.file.values.items()) {
    if (name != "options" && name != "cases" && name != "grid" && name != "random") {
      throw space.file.wrong(name, "[options], [[cases]], [grid] or [random]", "\"" + name + "\"");
    }
  }
  space.options = read_values(space.file, table_of(space.file, "options"), "options");
  space.cases = read_cases(space.file);
  walk(table_of(space.file, "grid"), "grid", "", kNoTable,
       [&](const std::string& key, const std::string& option, const Json& list) {
         space.lists.push_back({.option = option, .values = read_entries(space.file, key, option, list)});
       });
  read_random(space);
  refuse_doubles(space);
  check_combinations(space);
  return space;
}

}  // namespace tandem
