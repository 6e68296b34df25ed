// Runs build/tandem as a user would.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "tandem/storage/mapped_file.h"
#include "test_data.h"

namespace tandem::tests {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

/// Words are quoted for the shell, so they may hold anything but a null byte.
inline Outcome tandem_program(const std::vector<std::string>& words) {
  const ScratchFolder scratch;
  std::string command = program_path();
  for (const std::string& word : words) {
    command += " '";
    for (const char c : word) command += c == '\'' ? std::string("'\\''") : std::string(1, c);
    command += "'";
  }
  command += " 2>" + (scratch / "err").string();
  Outcome outcome;
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer = {};
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    outcome.out.append(buffer.data(), n);
  const int status = ::pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.err = read_file(scratch / "err");
  return outcome;
}

/// Fails with what the program said unless it exits with 0.
inline std::string successful(const std::vector<std::string>& words) {
  const Outcome outcome = tandem_program(words);
  CHECK_MESSAGE(outcome.code == 0, "exit code ", outcome.code, ": ", outcome.err);
  return outcome.out;
}

/// Checks for exit code 2 and one sentence, the last line of standard error, that holds each of
/// `parts`.
inline void refused(const std::vector<std::string>& words, const std::vector<std::string>& parts) {
  const Outcome outcome = tandem_program(words);
  CHECK_MESSAGE(outcome.code == 2, "exit code ", outcome.code, ": ", outcome.err);
  std::string said = outcome.err;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  said = said.substr(said.rfind('\n') + 1);
  CHECK_MESSAGE(said.starts_with("tandem: "), said);
  for (const std::string& part : parts)
    CHECK_MESSAGE(said.find(part) != std::string::npos, "said: ", said, " without: ", part);
}

}  // namespace tandem::tests
