#include "tandem/storage/repeated_key.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "tandem/storage/quiet_sax.h"

namespace tandem {
namespace {

class RepeatedKeys final : public QuietSax<nlohmann::json> {
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
