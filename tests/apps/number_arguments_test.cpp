#include "apps/arguments/number_arguments.h"

#include <doctest/doctest.h>

#include "apps/program.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

struct Numbers {
  std::int64_t steps = 0;
  std::uint64_t seed = 0;
  double rate = 0;
  std::vector<int> ks;
};

/// What a program with four options reads, or says.
std::string read_numbers(const std::vector<std::string>& words, Numbers& into) {
  CLI::App app("a program");
  CLI::App* command = app.add_subcommand("command", "with options");
  command->add_option("--steps", into.steps, "steps")->check(CLI::Range(-100, 1000000));
  command->add_option("--seed", into.seed, "seed");
  command->add_option("--rate", into.rate, "rate");
  command->add_option("-k", into.ks, "some");
  apps::read_numbers_strictly(app);
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  reversed.emplace_back("command");
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "";
}

void takes_numbers(const std::vector<std::string>& words, const auto& check) {
  Numbers numbers;
  CHECK(read_numbers(words, numbers) == "");
  check(numbers);
}

void refuses_number(const std::string& option, const std::string& value) {
  Numbers numbers;
  const std::string said = read_numbers({option + "=" + value}, numbers);
  CAPTURE(said);
  CHECK(said.find(option) != std::string::npos);
  CHECK(said.find("found \"" + value + "\"") != std::string::npos);
}

}  // namespace

TEST_CASE("a number on the command line is decimal") {
  takes_numbers({"--seed", "010"}, [](const Numbers& numbers) { CHECK(numbers.seed == 10); });
  takes_numbers({"--seed", "18446744073709551615"},
                [](const Numbers& numbers) { CHECK(numbers.seed == 18446744073709551615u); });
  takes_numbers({"--steps", "-0099"}, [](const Numbers& numbers) { CHECK(numbers.steps == -99); });
  takes_numbers({"--steps", "+7"}, [](const Numbers& numbers) { CHECK(numbers.steps == 7); });
  takes_numbers({"--steps", "000"}, [](const Numbers& numbers) { CHECK(numbers.steps == 0); });
  takes_numbers({"--rate", "-1.5e-3"}, [](const Numbers& numbers) { CHECK(numbers.rate == -1.5e-3); });
  takes_numbers({"--rate", "+.5"}, [](const Numbers& numbers) { CHECK(numbers.rate == 0.5); });
  takes_numbers({"-k", "1", "010", "100"},
                [](const Numbers& numbers) { CHECK(numbers.ks == std::vector<int>{1, 10, 100}); });
}

TEST_CASE("what a number's type does not hold is refused by the option's name") {
  for (const char* value :
       {"-1", "18446744073709551616", "99999999999999999999", "0x10", "1.5", "1e3", " 1", "1 ", "+-1", "one", "1_000"})
    refuses_number("--seed", value);
  for (const char* value : {"9223372036854775808", "-9223372036854775809", "0x10", "2.5", "nan"})
    refuses_number("--steps", value);
  for (const char* value : {"nan", "inf", "-inf", "1e999", "1e-999", "0x1p3", "1,5", "one"})
    refuses_number("--rate", value);
  Numbers numbers;
  CHECK(read_numbers({"--seed=1\x1b"}, numbers).find("found \"1\\x1B\"") != std::string::npos);
  CHECK(read_numbers({"--steps=2000000"}, numbers).find("--steps") != std::string::npos);
}

TEST_CASE("every command of the program reads numbers so" * doctest::test_suite("slow")) {
  const ScratchFolder out;
  for (const auto& [command, option] : std::vector<std::pair<std::string, std::string>>{{"train", "--seed"},
                                                                                        {"eval", "--seed"},
                                                                                        {"cca", "--seed"},
                                                                                        {"map", "--seed"},
                                                                                        {"audit", "--seed"},
                                                                                        {"scan", "--seed"},
                                                                                        {"figures", "--seed"},
                                                                                        {"finetune", "--seed"}}) {
    for (const char* value : {"-1", "99999999999999999999", "0x10"}) {
      const Outcome outcome = tandem_program({command, out / "none", "--out", out / "x", option, value});
      CAPTURE(outcome.err);
      CHECK(outcome.code == 2);
      CHECK(outcome.err.find(option) != std::string::npos);
      CHECK(outcome.err.find("a whole number from 0 to 18446744073709551615, found \"" + std::string(value) + "\"") !=
            std::string::npos);
    }
  }
}
