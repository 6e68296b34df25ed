#include "tandem/sweep/configurations.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "tandem/sweep/option_places.h"
#include "tandem/training/option_use.h"
#include "tandem/training/train_options_json.h"

namespace tandem {
namespace {

std::string value_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// The options of base, case and point together.
Configuration configuration(const SearchSpace& space, const SweepCase* chosen, const NamedValues& point) {
  Json options = default_sweep_options();
  for (const auto& [option, value] : space.options) set_option(options, option, value);
  std::string label;
  if (chosen != nullptr) {
    label = chosen->name;
    for (const auto& [option, value] : chosen->values) set_option(options, option, value);
  }
  for (const auto& [option, value] : point) set_option(options, option, value);
  const TrainOptions everything = train_options_from_json(options, space.file.path);
  for (const auto& [option, value] : point) {
    // A loss or head that knows nothing of the option is tried once, not once for each value.
    if (unused(option, everything) != nullptr) {
      for (const std::string& place : option_places(option)) {
        options[option_pointer(place)] = default_sweep_options().at(option_pointer(place));
      }
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
      Json options = default_sweep_options();
      for (const auto& [option, value] : space.options) set_option(options, option, value);
      if (one != nullptr) {
        for (const auto& [option, value] : one->values) set_option(options, option, value);
      }
      for (const auto& [option, value] : point) set_option(options, option, value);
      const TrainOptions read = train_options_from_json(options, space.file.path);
      const auto look = [&](const std::string& key, const std::string& option) {
        const OptionUse* use = unused(option, read);
        if (use == nullptr) {
          used.insert(key);
        } else {
          why_not.emplace(key, use);
        }
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
