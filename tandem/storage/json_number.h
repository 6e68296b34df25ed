// Accepts a whole number of a JSON document only if the type can hold it exactly. Without this
// check the JSON library turns 2.5 into 2, true into 1 and -1 into 2^64 - 1.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace tandem {

template <typename T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool>;

/// Checks the numbers in a JSON value that becomes a T; other types have nothing to check.
/// `misread` returns the first number that a T cannot hold exactly, or nullptr.
template <typename T>
struct NumbersIn {
  static const nlohmann::json* misread(const nlohmann::json&) { return nullptr; }
  static std::string words() { return {}; }
};

template <WholeNumber T>
struct NumbersIn<T> {
  static bool holds(const nlohmann::json& value) {
    if (value.is_number_unsigned()) return std::in_range<T>(value.template get<std::uint64_t>());
    if (value.is_number_integer()) return std::in_range<T>(value.template get<std::int64_t>());
    if (!value.is_number_float()) return !value.is_boolean();  // the library reports other types
    constexpr double kExactBelow = 9007199254740992.0;         // 2^53
    const double number = value.template get<double>();
    return number == std::trunc(number) && std::abs(number) < kExactBelow &&
           std::in_range<T>(static_cast<std::int64_t>(number));
  }
  static const nlohmann::json* misread(const nlohmann::json& value) { return holds(value) ? nullptr : &value; }
  static std::string words() {
    return "a whole number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
           std::to_string(std::numeric_limits<T>::max());
  }
};

/// Booleans are not numbers. JSON has no infinite numbers.
template <std::floating_point T>
struct NumbersIn<T> {
  static const nlohmann::json* misread(const nlohmann::json& value) { return value.is_boolean() ? &value : nullptr; }
  static std::string words() { return "a number"; }
};

template <typename T>
struct NumbersIn<std::vector<T>> {
  static const nlohmann::json* misread(const nlohmann::json& value) {
    if (!value.is_array()) return nullptr;
    for (const nlohmann::json& element : value) {
      if (const nlohmann::json* found = NumbersIn<T>::misread(element)) return found;
    }
    return nullptr;
  }
  static std::string words() { return "a list, each " + NumbersIn<T>::words() + ","; }
};

template <typename T>
struct NumbersIn<std::map<std::string, T>> {
  static const nlohmann::json* misread(const nlohmann::json& value) {
    if (!value.is_object()) return nullptr;
    for (const nlohmann::json& element : value) {
      if (const nlohmann::json* found = NumbersIn<T>::misread(element)) return found;
    }
    return nullptr;
  }
  static std::string words() { return "an object, each " + NumbersIn<T>::words() + ","; }
};

template <typename A, typename B>
struct NumbersIn<std::pair<A, B>> {
  static const nlohmann::json* misread(const nlohmann::json& value) {
    if (!value.is_array() || value.size() != 2) return nullptr;
    const nlohmann::json* found = NumbersIn<A>::misread(value[0]);
    return found != nullptr ? found : NumbersIn<B>::misread(value[1]);
  }
  static std::string words() { return "a pair, " + NumbersIn<A>::words() + NumbersIn<B>::words() + ","; }
};

/// Whether `value` is a number that a T can hold exactly.
template <typename T>
  requires WholeNumber<T> || std::floating_point<T>
bool json_holds(const nlohmann::json& value) {
  return value.is_number() && NumbersIn<T>::misread(value) == nullptr;
}

}  // namespace tandem
