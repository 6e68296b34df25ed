// Runs a fuzz target over files, so that what once was found stays found by compilers without
// libFuzzer.
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <iostream>

#include "fuzz/fuzz.h"

namespace {

using namespace tandem;
using Path = std::filesystem::path;

/// Processor time for one input: hundreds of times what the slowest needs, so that work which grows
/// faster than its input is found.
constexpr int kMostSeconds = 120;

char input_name[256] = "";

void add_to_complaint(const char* text) { (void)!::write(STDERR_FILENO, text, std::strlen(text)); }

void give_up(int signal_number) {
  add_to_complaint(signal_number == SIGPROF ? "fuzz_replay: more than 120 s of processor time for "
                                            : "fuzz_replay: aborted by ");
  add_to_complaint(input_name);
  add_to_complaint("\n");
  ::_exit(1);
}

void run(const fuzz::Target& target, const std::string& name, std::string_view bytes) {
  std::strncpy(input_name, name.c_str(), sizeof input_name - 1);
  const itimerval limit{.it_interval = {}, .it_value = {.tv_sec = kMostSeconds, .tv_usec = 0}};
  ::setitimer(ITIMER_PROF, &limit, nullptr);
  target.run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

/// The file, and its beginnings.
void run_file(const fuzz::Target& target, const Path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    std::cerr << "fuzz_replay: cannot read " << file << "\n";
    std::exit(2);
  }
  const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 64)
    run(target, file.string(), std::string_view(bytes).substr(0, length));
  run(target, file.string(), bytes);
}

}  // namespace

int main(int argc, char** argv) {
  const auto found = argc < 3 ? fuzz::targets().end() : fuzz::targets().find(argv[1]);
  if (found == fuzz::targets().end() || found->second.run == nullptr) {
    std::cerr << "usage: " << argv[0] << " TARGET FILE...\n";
    return 2;
  }
  std::signal(SIGPROF, give_up);
  std::signal(SIGABRT, give_up);
  const fuzz::Target& target = found->second;
  for (int i = 2; i < argc; ++i) run_file(target, argv[i]);
  int large = 0;
  if (target.large_seeds != nullptr) {
    for (const std::string& seed : target.large_seeds())
      run(target, "large seed " + std::to_string(large++) + " of " + argv[1], seed);
  }
  std::cout << argc - 2 << " inputs and their beginnings, " << large << " large ones\n";
  return 0;
}
