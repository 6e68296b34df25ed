#include "tandem/distributed/launch.h"

#include <c10/util/Exception.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace tandem {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  TORCH_CHECK_VALUE(value != nullptr && *value != '\0', "WORLD_SIZE says that this is one of several processes; ", name,
                    " was needed too (torchrun sets them all), got none");
  return value;
}

int number(const char* name, int least, int greatest) {
  const std::string text = variable(name);
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  TORCH_CHECK_VALUE(error == std::errc() && end == text.data() + text.size() && value >= least && value <= greatest,
                    name, " must be a whole number from ", least, " to ", greatest, ", got \"", text, "\"");
  return value;
}

}  // namespace

std::optional<Launch> launch_from_environment() {
  const char* count = std::getenv("WORLD_SIZE");
  if (count == nullptr) return std::nullopt;
  constexpr int kMost = 65536;
  Launch launch;
  launch.count = number("WORLD_SIZE", 1, kMost);
  launch.rank = number("RANK", 0, launch.count - 1);
  if (std::getenv("LOCAL_RANK") != nullptr) launch.local_rank = number("LOCAL_RANK", 0, launch.count - 1);
  launch.host = variable("MASTER_ADDR");
  launch.port = static_cast<std::uint16_t>(number("MASTER_PORT", 1, 65535));
  const char* served = std::getenv("TORCHELASTIC_USE_AGENT_STORE");
  launch.store_serves = served != nullptr && std::string_view(served) == "True";
  return launch;
}

bool is_first_process() {
  const std::optional<Launch> launch = launch_from_environment();
  return !launch || launch->rank == 0;
}

}  // namespace tandem
