#include "apps/terminal/stop_signals.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <iostream>
#include <thread>

#include "apps/begun_program.h"
#include "apps/feature_arrays.h"
#include "apps/shapes_data.h"
#include "apps/terminal/bus_error.h"
#include "tandem/base/stop.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

/// What a process says on standard error that does `work` and then exits with 0.
Outcome forked(const std::function<void()>& work) {
  const ScratchFolder folder;
  std::cout.flush();
  const pid_t process = ::fork();
  REQUIRE(process >= 0);
  if (process == 0) {
    if (std::freopen((folder / "err").c_str(), "w", stderr) == nullptr) ::_exit(99);
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(process, &status, 0) == process);
  return {
      .code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), .out = "", .err = read_file(folder / "err")};
}

void watch() {
  const std::array words = {"build/tandem", "map", "my run", "--out", "a.html"};
  apps::watch_stop_signals(static_cast<int>(words.size()), words.data());
}

/// Begins the command, waits until `there` is, and sends the signal.
Outcome interrupted(const Words& words, const std::filesystem::path& there, int signal) {
  const ScratchFolder folder;
  Words all = {program_path()};
  all.insert(all.end(), words.begin(), words.end());
  const pid_t process = begin_command(all, folder / "err");
  int status = 0;
  while (!std::filesystem::exists(there)) {
    if (::waitpid(process, &status, WNOHANG) == process) FAIL("it ended before: ", read_file(folder / "err"));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ::kill(process, signal);
  ::waitpid(process, &status, 0);
  return {
      .code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), .out = "", .err = read_file(folder / "err")};
}

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

TEST_CASE("the first signal asks work to stop and the second ends the program at once") {
  const Outcome asked = forked([] {
    watch();
    const apps::StopScope scope;
    if (apps::stop_asked()) ::_exit(10);
    ::raise(SIGINT);
    if (!apps::stop_asked()) ::_exit(11);
    ::_exit(12);
  });
  CHECK(asked.code == 12);
  for (const int second : {SIGINT, SIGTERM}) {
    const Outcome ended = forked([&] {
      watch();
      const apps::StopScope scope;
      ::raise(SIGINT);
      ::raise(second);
    });
    CHECK(ended.code == 128 + second);
    CHECK(ended.err.empty());
  }
}

TEST_CASE("a signal where nothing asks for it ends the program with one sentence") {
  const Outcome outcome = forked([] {
    watch();
    ::raise(SIGTERM);
  });
  CHECK(outcome.code == 143);
  CHECK(outcome.err ==
        "tandem: interrupted by SIGTERM: what was not finished is not kept; to do it again: build/tandem map 'my run' "
        "--out a.html\n");
  const Outcome kept = forked([] {
    watch();
    apps::say_if_stopped("all is kept");
    ::raise(SIGINT);
  });
  CHECK(kept.code == 130);
  CHECK(kept.err == "tandem: interrupted by SIGINT: all is kept\n");
}

TEST_CASE("a signal that work did not answer ends the program where the work ends") {
  const Outcome outcome = forked([] {
    watch();
    {
      const apps::StopScope outer;
      {
        const apps::StopScope inner;
        ::raise(SIGINT);
      }
      std::cerr << "still there\n";
    }
    ::_exit(9);
  });
  CHECK(outcome.code == 130);
  CHECK(outcome.err.starts_with("still there\ntandem: interrupted by SIGINT: "));
}

TEST_CASE("a signal that is ignored stays ignored") {
  const Outcome outcome = forked([] {
    ::signal(SIGINT, SIG_IGN);
    watch();
    ::raise(SIGINT);
    ::_exit(apps::stop_asked() ? 1 : 7);
  });
  CHECK(outcome.code == 7);
}

TEST_CASE("words are quoted as a shell takes them") {
  CHECK(apps::shell_text({"tandem", "a b", "c'd", "", "--x=1"}) == "tandem 'a b' 'c'\\''d' '' --x=1");
}

TEST_CASE("a file that is cut short while it is mapped is named in one sentence") {
  const ScratchFolder folder;
  const std::filesystem::path file = folder / "image-00000.safetensors";
  write_file(file, std::string(1 << 20, 'x'));
  const Outcome outcome = forked([&] {
    apps::explain_bus_errors();
    const MappedFile mapped(file);
    if (::truncate(file.c_str(), 100) != 0) ::_exit(8);
    volatile char sum = 0;
    for (const char c : mapped.bytes()) sum = static_cast<char>(sum + c);
    ::_exit(9);
  });
  CHECK(outcome.code == 2);
  CHECK(outcome.err == "tandem: " + file.string() +
                           ": expected a file that stays as long as it was while it is read, found it cut short\n");
}

TEST_CASE("a training that is interrupted keeps a checkpoint of that moment and says the command that goes on" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(500));
  const auto training = [&](const std::string& out) {
    return Words{"train",
                 features,
                 "--out",
                 folder / out,
                 "--seed",
                 "5",
                 "--epochs",
                 "60",
                 "--batch-size",
                 "16",
                 "--hidden",
                 "64",
                 "--width",
                 "24",
                 "--threads",
                 "1",
                 "--checkpoint-seconds",
                 "0",
                 "--json"};
  };
  successful(training("whole"));
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string run = folder / ("run" + std::to_string(signal));
    const Outcome outcome = interrupted(training("run" + std::to_string(signal)),
                                        std::filesystem::path(run) / "checkpoint.safetensors", signal);
    CHECK(outcome.code == 128 + signal);
    CHECK(last_line(outcome.err) == std::string("tandem: interrupted by ") + (signal == SIGINT ? "SIGINT" : "SIGTERM") +
                                        ": " + run + " keeps a checkpoint; go on with: tandem train --resume " + run);
    const Outcome resumed = tandem_program({"train", "--resume", run, "--json"});
    CHECK(resumed.code == 0);
    CHECK(read_file(std::filesystem::path(run) / "heads.safetensors") == read_file(folder / "whole/heads.safetensors"));
  }
}

TEST_CASE("a sweep that is interrupted keeps its trials and the same command goes on" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(300));
  write_file(folder / "grid.toml",
             "[options]\nepochs = 12\nhead.hidden_width = 64\nbatch_size = 16\n[grid]\nlearning_rate = [1e-3, 2e-3, "
             "3e-3, 4e-3]\n");
  for (const std::string jobs : {"1", "2"}) {
    const std::filesystem::path out = folder / ("sweep" + jobs);
    const Words words = {"sweep",  features, "--grid", folder / "grid.toml", "--out", out, "--seeds", "2",
                         "--jobs", jobs,     "--json"};
    const Outcome outcome = interrupted(words, out / "trials", SIGINT);
    CHECK(outcome.code == 130);
    CHECK(last_line(outcome.err)
              .find(out.string() + " keeps the finished trials; go on with: " + program_path() + " sweep " +
                    features) != std::string::npos);
    CHECK(!std::filesystem::exists(out / "result.json"));
    successful(words);
  }
}

TEST_CASE("an encoding that is interrupted says the command that goes on and ends in the bits of one that was not" *
          doctest::test_suite("slow")) {
  const std::filesystem::path encoders = reference_dir() / "encoders";
  const ScratchFolder data, folder;
  const std::string csv = "csv:" + write_shapes(data).string();
  const auto encoding = [&](const std::string& out) {
    return Words{"encode",
                 "--data",
                 csv,
                 "--image-encoder",
                 encoders / "tiny_vit",
                 "--text-encoder",
                 encoders / "tiny_bert",
                 "--threads",
                 "1",
                 "--json",
                 "--out",
                 folder / out};
  };
  successful(encoding("whole"));
  const Outcome outcome = interrupted(encoding("features"), folder / "features", SIGINT);
  if (outcome.code != 0) {  // Small encoders may be done first.
    CHECK(outcome.code == 130);
    CHECK(last_line(outcome.err)
              .starts_with("tandem: interrupted by SIGINT: " + (folder / "features").string() +
                           " keeps what is encoded; go on with: " + program_path() + " encode --data "));
  }
  successful(encoding("features"));
  for (const char* shard : {"image-00000.safetensors", "text-00000.safetensors"}) {
    CHECK(read_file(folder / "features" / shard) == read_file(folder / "whole" / shard));
  }
}
