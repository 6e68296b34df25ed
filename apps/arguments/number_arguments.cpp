#include "apps/arguments/number_arguments.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "tandem/base/printable.h"

namespace tandem::apps {
namespace {

/// The number, if the text is nothing else and a Number holds it: 1e-400 is not 0.
template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Zeros before the number mean eight as its base to CLI11, which reads it next.
std::string without_leading_zeros(const std::string& text) {
  std::size_t begin = text.find_first_not_of("+-");
  const bool negative = text.starts_with('-');
  while (begin + 1 < text.size() && text[begin] == '0') ++begin;
  return (negative ? "-" : "") + text.substr(begin);
}

std::string complaint(const std::string& expected, const std::string& found) {
  return "expected " + expected + ", found \"" + printable(found) + "\"";
}

template <typename Whole>
std::string read_whole(std::string& text) {
  if (!number_in<Whole>(text)) {
    return complaint("a whole number from " + std::to_string(std::numeric_limits<Whole>::min()) + " to " +
                         std::to_string(std::numeric_limits<Whole>::max()),
                     text);
  }
  text = without_leading_zeros(text);
  return {};
}

std::string read_real(std::string& text) {
  const std::optional<double> number = number_in<double>(text);
  return number && std::isfinite(*number) ? std::string() : complaint("a decimal number", text);
}

/// A validator without a name does not show in --help.
CLI::Validator validator_of(std::string (*read)(std::string&)) { return CLI::Validator(read, ""); }

}  // namespace

void read_numbers_strictly(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    const std::string type = option->get_type_name();
    if (type.starts_with("UINT")) {
      option->transform(validator_of(read_whole<std::uint64_t>));
    } else if (type.starts_with("INT")) {
      option->transform(validator_of(read_whole<std::int64_t>));
    } else if (type.starts_with("FLOAT")) {
      option->transform(validator_of(read_real));
    }
  }
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) read_numbers_strictly(*command);
}

}  // namespace tandem::apps
