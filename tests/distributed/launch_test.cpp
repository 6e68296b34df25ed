#include "tandem/distributed/launch.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cstdlib>

using namespace tandem;

namespace {

constexpr const char* kNames[] = {
    "RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_USE_AGENT_STORE", "LOCAL_RANK"};

/// Sets the variables, "" for none, and takes all of them away at the end.
class Environment {
 public:
  explicit Environment(std::initializer_list<const char*> values) {
    std::size_t i = 0;
    for (const char* value : values) {
      if (*value != '\0') ::setenv(kNames[i], value, 1);
      ++i;
    }
  }
  ~Environment() {
    for (const char* name : kNames) ::unsetenv(name);
  }
};

void refused(std::initializer_list<const char*> values, const char* word) {
  const Environment environment(values);
  try {
    launch_from_environment();
    FAIL("not refused: ", word);
  } catch (const c10::ValueError& error) {
    CHECK_MESSAGE(std::string(error.what_without_backtrace()).find(word) != std::string::npos,
                  error.what_without_backtrace());
  }
}

}  // namespace

TEST_CASE("without WORLD_SIZE there is one process") { CHECK_FALSE(launch_from_environment()); }

TEST_CASE("torchrun's variables say which process this is") {
  const Environment environment{"2", "3", "node7", "29400", "True", "1"};
  const std::optional<Launch> launch = launch_from_environment();
  REQUIRE(launch);
  CHECK(launch->rank == 2);
  CHECK(launch->count == 3);
  CHECK(launch->local_rank == 1);
  CHECK(launch->host == "node7");
  CHECK(launch->port == 29400);
  CHECK(launch->store_serves);
}

TEST_CASE("a variable that is missing or makes no sense is named") {
  refused({"", "2", "localhost", "29400"}, "RANK");
  refused({"2", "2", "localhost", "29400"}, "RANK must be a whole number from 0 to 1");
  refused({"0", "two", "localhost", "29400"}, "WORLD_SIZE");
  refused({"0", "2", "", "29400"}, "MASTER_ADDR");
  refused({"0", "2", "localhost", "99999"}, "MASTER_PORT");
  refused({"0", "2", "localhost", "29400", "", "2"}, "LOCAL_RANK");
}
