#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <sstream>
#include <thread>

#include "apps/begun_program.h"
#include "apps/feature_arrays.h"
#include "apps/shapes_data.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

/// A port nobody listened on a moment ago.
int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof(address);
  REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

/// The command as process `rank` of `count`, as torchrun would start it.
Words as_process(int rank, int count, int port, const Words& words) {
  Words all = {"/usr/bin/env",          "RANK=" + std::to_string(rank),        "WORLD_SIZE=" + std::to_string(count),
               "MASTER_ADDR=127.0.0.1", "MASTER_PORT=" + std::to_string(port), program_path()};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

int exit_code(pid_t process) {
  int status = 0;
  REQUIRE(::waitpid(process, &status, 0) == process);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Exit codes of `count` processes of the command.
std::vector<int> run_together(int count, const Words& words) {
  const int port = free_port();
  std::vector<pid_t> processes;
  for (int rank = 0; rank < count; ++rank) processes.push_back(begin_command(as_process(rank, count, port, words)));
  std::vector<int> codes;
  for (const pid_t process : processes) codes.push_back(exit_code(process));
  return codes;
}

std::vector<double> losses_of(const std::filesystem::path& run) {
  std::vector<double> losses;
  std::istringstream text(read_file(run / "metrics.jsonl"));
  for (std::string line; std::getline(text, line);) losses.push_back(Json::parse(line).at("loss"));
  return losses;
}

Words peer_training(const std::string& features, const std::string& out) {
  return {"train",    features, "--out",   out,  "--seed",    "3", "--epochs",       "6", "--batch-size", "60",
          "--hidden", "32",     "--width", "16", "--threads", "1", "--peer-timeout", "20"};
}

}  // namespace

TEST_CASE("two and three processes learn what one does") {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(300));
  successful(peer_training(features, folder / "alone"));
  const std::vector<double> alone = losses_of(folder / "alone");
  for (const int count : {2, 3}) {
    CAPTURE(count);
    const std::string run = folder / ("of" + std::to_string(count));
    CHECK(run_together(count, peer_training(features, run)) == std::vector<int>(count, 0));
    const std::vector<double> together = losses_of(run);
    REQUIRE(together.size() == alone.size());
    for (std::size_t epoch = 0; epoch < alone.size(); ++epoch)
      CHECK(together[epoch] == doctest::Approx(alone[epoch]).epsilon(1e-4));
    CHECK(Json::parse(successful({"eval", run, "--json"})).at("images") == 60);
  }
}

TEST_CASE("torchrun starts two of them") {
  const std::filesystem::path torchrun = source_dir() / ".venv/bin/torchrun";
  TANDEM_SKIP_WITHOUT(torchrun);
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  Words words = {torchrun,      "--nproc-per-node", "2", "--master-port", std::to_string(free_port()),
                 "--no-python", program_path()};
  const Words train = peer_training(features, folder / "run");
  words.insert(words.end(), train.begin(), train.end());
  CHECK(exit_code(begin_command(words)) == 0);
  CHECK(Json::parse(successful({"eval", folder / "run", "--json"})).at("images") == 30);
}

TEST_CASE("a lost process ends the other in words within the timeout, and resume goes on to the end") {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(600));
  const std::string run = folder / "run";
  Words words = peer_training(features, run);
  for (const char* word : {"--epochs", "--peer-timeout"})
    *(std::ranges::find(words, word) + 1) = std::string(word) == "--epochs" ? "300" : "3";
  words.insert(words.end(), {"--checkpoint-steps", "5"});
  const int port = free_port();
  const pid_t first = begin_command(as_process(0, 2, port, words), folder / "said");
  const pid_t second = begin_command(as_process(1, 2, port, words));
  const auto start = std::chrono::steady_clock::now();
  while (!std::filesystem::exists(std::filesystem::path(run) / "checkpoint.safetensors")) {
    REQUIRE(std::chrono::steady_clock::now() - start < std::chrono::seconds(300));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ::kill(second, SIGKILL);
  exit_code(second);
  const auto lost = std::chrono::steady_clock::now();
  CHECK(exit_code(first) == 1);
  CHECK(std::chrono::steady_clock::now() - lost < std::chrono::seconds(150));
  const std::string said = read_file(folder / "said");
  CHECK_MESSAGE(said.find("tandem: ") != std::string::npos, said);
  CHECK_MESSAGE(said.find("process") != std::string::npos, said);
  CHECK(!std::filesystem::exists(std::filesystem::path(run) / "run.json"));

  CHECK(run_together(2, {"train", "--resume", run}) == std::vector<int>(2, 0));
  CHECK(losses_of(run).size() == 300);
}

TEST_CASE("encode shares its shards out and one process would have made the same features") {
  const ScratchFolder data, out;
  const std::string csv = write_shapes(data).string();
  const auto encoding = [&](const std::string& name) {
    return Words{"encode",
                 "--data",
                 "csv:" + csv,
                 "--image-encoder",
                 reference_dir() / "encoders/tiny_vit",
                 "--text-encoder",
                 reference_dir() / "encoders/tiny_bert",
                 "--dtype",
                 "fp32",
                 "--threads",
                 "1",
                 "--peer-timeout",
                 "30",
                 "--out",
                 out / name};
  };
  successful(encoding("alone"));
  CHECK(run_together(2, encoding("together")) == std::vector<int>(2, 0));
  for (const auto& file : std::filesystem::directory_iterator(out / "alone")) {
    const std::string name = file.path().filename();
    if (name.ends_with(".safetensors"))
      CHECK_MESSAGE(read_file(file.path()) == read_file(out / ("together/" + name)), name);
  }
}
