#include "tandem/sweep/search_space.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "tandem/training/option_use.h"
#include "tandem/training/train_options_json.h"

namespace tandem {
namespace {

constexpr const char* kBothHeads = "head";
constexpr std::size_t kMostCombinations = 100'000;

Json default_options() {
  Json options = to_json(TrainOptions());
  options["epochs"] = 0;
  return options;
}

Json::json_pointer pointer(const std::string& option) {
  std::string path = "/";
  for (const char c : option) path += c == '.' ? "/" : c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return Json::json_pointer(path);
}

/// Where an option stands in run.json: "head.dropout" in two places.
std::vector<std::string> places(const std::string& option) {
  const std::string prefix = std::string(kBothHeads) + ".";
  if (!option.starts_with(prefix)) return {option};
  const std::string rest = option.substr(prefix.size());
  return {"image_head." + rest, "text_head." + rest};
}

/// A leaf of run.json's options, to compare a value's type with. Throws FileError if there is none,
/// or it is not the grid's to choose.
Json known_option(const TomlFile& file, const std::string& key, const std::string& option) {
  static const Json options = default_options();
  const auto place = pointer(places(option).front());
  if (!options.contains(place) || options.at(place).is_object()) {
    std::string names;
    for (const auto& [name, value] : options.items())
      names += (names.empty() ? "" : ", ") + name + (value.is_object() ? ".*" : "");
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

Json checked_value(const TomlFile& file, const std::string& key, const std::string& option, const Json& value) {
  const Json example = known_option(file, key, option);
  const bool fits = example.is_boolean()          ? value.is_boolean()
                    : example.is_string()         ? value.is_string()
                    : example.is_number_integer() ? value.is_number_integer()
                                                  : value.is_number();
  if (!fits) throw file.wrong(key, kind_of(example) + " for \"" + option + "\"", json_type(value));
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
    for (const std::string& place : places(option)) {
      if (!varied.insert(place).second)
        throw FileError(space.file.path, "every option varied in one place of the file", "\"" + option + "\" in two");
    }
  };
  for (const SweepList& list : space.lists) once(list.option);
  for (const SweepRange& range : space.ranges) once(range.option);
  for (const SweepCase& one : space.cases) {
    for (const auto& [option, value] : one.values) {
      for (const std::string& place : places(option)) {
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

void set(Json& options, const std::string& option, const Json& value) {
  for (const std::string& place : places(option)) options[pointer(place)] = value;
}

std::string value_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// The options of base, case and point together.
Configuration configuration(const SearchSpace& space, const SweepCase* chosen, const NamedValues& point) {
  Json options = default_options();
  for (const auto& [option, value] : space.options) set(options, option, value);
  std::string label;
  if (chosen != nullptr) {
    label = chosen->name;
    for (const auto& [option, value] : chosen->values) set(options, option, value);
  }
  for (const auto& [option, value] : point) set(options, option, value);
  const TrainOptions everything = train_options_from_json(options, space.file.path);
  for (const auto& [option, value] : point) {
    if (unused(option, everything) !=
        nullptr) {  // A loss or head that knows nothing of the option is tried once, not once for each value.
      for (const std::string& place : places(option)) options[pointer(place)] = default_options().at(pointer(place));
      continue;
    }
    label += (label.empty() ? "" : ", ") + option + "=" + value_text(value);
  }
  if (label.empty()) label = "the options";
  TrainOptions read = train_options_from_json(options, space.file.path);
  try {
    TrainOptions settled = read;
    if (settled.epochs == 0) settled.epochs = 1;
    check_train_options(settled);
    check_head_options(settled.image_head);
    check_head_options(settled.text_head);
  } catch (const c10::ValueError& error) {
    throw FileError(space.file.path, "options in their ranges in \"" + label + "\"", error.what_without_backtrace());
  }
  return {.label = label, .options = std::move(read)};
}

std::vector<const SweepCase*> cases_of(const SearchSpace& space) {
  std::vector<const SweepCase*> cases;
  for (const SweepCase& one : space.cases) cases.push_back(&one);
  if (cases.empty()) cases.push_back(nullptr);
  return cases;
}

/// Every point with every value of the list, which varies fastest.
std::vector<NamedValues> with_every_value(const std::vector<NamedValues>& points, const SweepList& list) {
  std::vector<NamedValues> longer;
  for (const NamedValues& point : points) {
    for (const Json& value : list.values) {
      longer.push_back(point);
      longer.back().emplace_back(list.option, value);
    }
  }
  return longer;
}

/// The key in the file of an option that is varied.
std::string varied_key(const TomlFile& file, const std::string& option) {
  const std::string in_grid = "grid." + option;
  return file.lines.contains(in_grid) ? in_grid : "random." + option;
}

bool is_choice(const std::string& option) {
  return std::any_of(option_uses().begin(), option_uses().end(),
                     [&](const OptionUse& use) { return option.ends_with(use.choice); });
}

/// Every combination of values of the lists whose options others depend on.
std::vector<NamedValues> choice_points(const SearchSpace& space) {
  std::vector<NamedValues> points = {{}};
  for (const SweepRange& range : space.ranges) {
    if (is_choice(range.option)) points.front().emplace_back(range.option, range.high);
  }
  for (const SweepList& list : space.lists) {
    if (is_choice(list.option)) points = with_every_value(points, list);
  }
  return points;
}

/// Refuses an option that no configuration takes notice of.
void refuse_unused(const SearchSpace& space) {
  std::set<std::string> used;                       // Keys in the file.
  std::map<std::string, const OptionUse*> why_not;  // Of keys that some configuration does not use.
  const std::vector<NamedValues> points = choice_points(space);
  for (const SweepCase* one : cases_of(space)) {
    for (const NamedValues& point : points) {
      Json options = default_options();
      for (const auto& [option, value] : space.options) set(options, option, value);
      if (one != nullptr) {
        for (const auto& [option, value] : one->values) set(options, option, value);
      }
      for (const auto& [option, value] : point) set(options, option, value);
      const TrainOptions read = train_options_from_json(options, space.file.path);
      const auto look = [&](const std::string& key, const std::string& option) {
        const OptionUse* use = unused(option, read);
        use == nullptr ? static_cast<void>(used.insert(key)) : static_cast<void>(why_not.emplace(key, use));
      };
      for (const auto& [option, value] : space.options) look("options." + option, option);
      for (std::size_t c = 0; c < space.cases.size(); ++c) {
        if (&space.cases[c] != one) continue;
        for (const auto& [option, value] : one->values) look("cases." + std::to_string(c) + "." + option, option);
      }
      for (const SweepList& list : space.lists) look(varied_key(space.file, list.option), list.option);
      for (const SweepRange& range : space.ranges) look(varied_key(space.file, range.option), range.option);
    }
  }
  for (const auto& [key, use] : why_not) {
    if (used.contains(key)) continue;
    throw space.file.wrong(key,
                           "options that a configuration uses (" + std::string(use->option) + " goes with " +
                               std::string(use->choice) + " " + std::string(use->values) + ")",
                           "no configuration with that");
  }
}

/// [0, 1) with 53 bits, the same with every standard library.
double unit_draw(std::mt19937_64& chance) { return static_cast<double>(chance() >> 11) * 0x1p-53; }

Json drawn(const SweepRange& range, std::mt19937_64& chance) {
  const double share = unit_draw(chance);
  if (range.logarithmic) {
    const double value = std::exp(std::log(range.low) + share * (std::log(range.high) - std::log(range.low)));
    return range.whole ? Json(static_cast<std::int64_t>(std::llround(value))) : Json(value);
  }
  if (range.whole) return static_cast<std::int64_t>(range.low + std::floor(share * (range.high - range.low + 1)));
  return range.low + share * (range.high - range.low);
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

std::vector<Configuration> grid_configurations(const SearchSpace& space) {
  if (space.file.values.contains("random"))
    throw space.file.wrong("random", "a grid, or --random N for how many to draw", "[random] without --random");
  std::vector<NamedValues> points = {{}};
  for (const SweepList& list : space.lists) {
    points = with_every_value(points, list);
  }
  std::vector<Configuration> configurations;
  std::set<std::string> known;
  for (const SweepCase* one : cases_of(space)) {
    for (const NamedValues& point : points) {
      Configuration made = configuration(space, one, point);
      if (known.insert(made.label).second) configurations.push_back(std::move(made));
    }
  }
  refuse_unused(space);
  return configurations;
}

std::vector<Configuration> random_configurations(const SearchSpace& space, std::int64_t count, std::uint64_t seed) {
  std::vector<Configuration> configurations;
  std::set<std::string> known;
  const std::vector<const SweepCase*> cases = cases_of(space);
  for (std::int64_t i = 0; i < count; ++i) {
    std::seed_seq stream{seed & 0xFFFFFFFFU, seed >> 32, static_cast<std::uint64_t>(i)};
    std::mt19937_64 chance(stream);
    const auto pick = [&](std::size_t size) {
      return static_cast<std::size_t>(unit_draw(chance) * static_cast<double>(size));
    };
    const SweepCase* chosen = cases[pick(cases.size())];
    NamedValues point;
    for (const SweepList& list : space.lists) point.emplace_back(list.option, list.values[pick(list.values.size())]);
    for (const SweepRange& range : space.ranges) point.emplace_back(range.option, drawn(range, chance));
    Configuration drawn_one = configuration(space, chosen, point);
    if (known.insert(drawn_one.label).second) configurations.push_back(std::move(drawn_one));
  }
  refuse_unused(space);
  return configurations;
}

}  // namespace tandem
