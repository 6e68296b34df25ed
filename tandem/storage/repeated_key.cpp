#include "tandem/storage/repeated_key.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace tandem {
namespace {

class RepeatedKeys final : public nlohmann::json::json_sax_t {
 public:
  const std::optional<std::string>& found() const { return found_; }

  bool key(std::string& name) override {
    if (!keys_.back().insert(name).second) found_ = name;
    return true;
  }
  bool start_object(std::size_t) override {
    keys_.emplace_back();
    return true;
  }
  bool end_object() override {
    keys_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(nlohmann::json::binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

 private:
  std::vector<std::set<std::string>> keys_;  ///< of every object that is open
  std::optional<std::string> found_;
};

}  // namespace

std::optional<std::string> repeated_key(std::string_view json) {
  RepeatedKeys keys;
  nlohmann::json::sax_parse(json, &keys);
  return keys.found();
}

}  // namespace tandem
