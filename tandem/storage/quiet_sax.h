// A reader of JSON events that ignores all of them; the base of readers that need only a few.
#pragma once

#include <cstdint>
#include <string>

namespace tandem {

/// `Json` is nlohmann::json or its ordered form. Reading stops at text that is not JSON. A derived
/// class overrides the events that it needs.
template <typename Json>
class QuietSax : public Json::json_sax_t {
 public:
  bool key(std::string&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(typename Json::binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const typename Json::exception&) override { return false; }
};

}  // namespace tandem
