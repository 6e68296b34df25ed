// Every command that README.md, doc/tour.md, doc/results.md and benchmarks/README.md show, at toy size.
#include <ATen/ops/randn.h>
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <regex>
#include <thread>

#include "apps/begun_program.h"
#include "apps/program.h"
#include "apps/shapes_data.h"
#include "fetching/datasets/made_archive.h"
#include "fetching/hub/tiny_hub.h"
#include "tandem/storage/npy_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Path = std::filesystem::path;
using Words = std::vector<std::string>;

/// The lines of a page's sh blocks, without their remarks. Checks that no command stands in another
/// kind of block, where it would not be run.
Words commands_of(const Path& page) {
  INFO(page.string());
  Words commands;
  std::string language;  // of the block that the line is in; empty outside
  std::ifstream text(page);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("```")) {
      const bool begins = language.empty();
      language = begins ? line.substr(3) : "";
      if (begins) CHECK_MESSAGE((language == "sh" || language == "cpp"), "neither a block of sh nor of cpp: ", line);
    } else if (language.empty()) {
      CHECK_MESSAGE(!line.starts_with("    "), "an indented block, to be fenced: ", line);
    } else if (language == "sh") {
      const std::string command = std::regex_replace(line, std::regex("(^|\\s+)# .*$"), "");
      if (!command.empty()) commands.push_back(command);
    }
  }
  CHECK_MESSAGE(language.empty(), "a block without its end");
  CHECK_MESSAGE(!commands.empty(), "no commands");
  return commands;
}

class Shell;

/// What is done with the commands that begin with some words.
struct Recipe {
  std::string begins;
  std::vector<std::pair<std::string, std::string>> put =
      {};                                         ///< words of the command that stand for something, and what for
  std::string more = {};                          ///< appended, to make it small
  std::function<void(const Shell&)> before = {};  ///< what must be there
  std::string not_run = {};                       ///< why; empty: it is run
};

std::string with_words(std::string command, const std::vector<std::pair<std::string, std::string>>& put) {
  for (const auto& [word, other] : put) {
    std::string found;
    for (std::size_t begin = 0; begin <= command.size();) {
      const std::size_t end = std::min(command.find(' ', begin), command.size());
      const std::string one = command.substr(begin, end - begin);
      found += (begin > 0 ? " " : "") + (one == word ? other : one);
      begin = end + 1;
    }
    CHECK_MESSAGE(found != command, "no \"", word, "\" in: ", command);
    command = found;
  }
  return command;
}

/// A folder to call commands in, as a reader of the page would.
class Shell {
 public:
  /// Runs the command with the program under test as `tandem`.
  void run(const std::string& command) const {
    const std::string program_folder = Path(program_path()).parent_path().string();
    write_file(folder_ / "command.sh",
               "export PATH=" + program_folder + ":$PATH\ncd " + folder_.path().string() + "\n" + command + "\n");
    const int status = std::system(("sh -e " + (folder_ / "command.sh").string() + " >" + (folder_ / "out").string() +
                                    " 2>" + (folder_ / "err").string() + " </dev/null")
                                       .c_str());
    CHECK_MESSAGE(WEXITSTATUS(status) == 0, "exit code ", WEXITSTATUS(status), " of: ", command, "\n",
                  read_file(folder_ / "err"));
  }

  Path operator/(const std::string& name) const { return folder_ / name; }

 private:
  ScratchFolder folder_;
};

/// Runs every command in order, each by the one recipe that is for it, and counts the recipes' uses.
void run_all(const Words& commands, const std::vector<Recipe>& recipes, const Shell& shell, std::vector<int>& used) {
  for (const std::string& command : commands) {
    const Recipe* found = nullptr;
    for (std::size_t i = 0; i < recipes.size(); ++i) {
      const bool longer = command.starts_with(recipes[i].begins) &&
                          (found == nullptr || recipes[i].begins.size() > found->begins.size());
      if (longer) found = &recipes[i];
    }
    CHECK_MESSAGE(found != nullptr, "neither run nor excused: ", command);
    if (found == nullptr) continue;
    ++used[static_cast<std::size_t>(found - recipes.data())];
    if (found->before) found->before(shell);
    if (found->not_run.empty())
      shell.run(with_words(command, found->put) + (found->more.empty() ? "" : " " + found->more));
  }
}

/// Every recipe is for a command that some page shows.
void check_all_used(const std::vector<Recipe>& recipes, const std::vector<int>& used) {
  for (std::size_t i = 0; i < recipes.size(); ++i)
    CHECK_MESSAGE(used[i] > 0, "no such command is shown: ", recipes[i].begins);
}

std::string encoder(const char* name) { return (reference_dir() / "encoders" / name).string(); }

const std::string kSmallTraining = "--epochs 2 --batch-size 48 --hidden 16 --width 8";

void write_cifar10(const Path& folder) {
  for (const char* side : {"train", "test"}) {
    for (const char* name :
         {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}) {
      make_folder(folder / side / name);
      write_file(
          folder / side / name / "1.jpg",
          encode_jpeg(RgbImage{.height = 32,
                               .width = 32,
                               .pixels = std::vector<std::uint8_t>(32 * 32 * 3, static_cast<std::uint8_t>(name[1]))},
                      90));
    }
  }
}

void write_coco(const Path& folder, const std::string& picture) {
  for (const char* side : {"train2017", "val2017"}) {
    Json images = Json::array();
    Json annotations = Json::array();
    const int first = side[0] == 't' ? 1 : 101;
    make_folder(folder / side);
    make_folder(folder / "annotations");
    for (int i = first; i < first + 6; ++i) {
      const std::string name = std::to_string(i) + ".jpg";
      write_file(folder / side / name, picture);
      images.push_back({{"id", i}, {"file_name", name}});
      annotations.push_back({{"id", 1000 + i}, {"image_id", i}, {"caption", "a shape, number " + std::to_string(i)}});
    }
    write_file(folder / "annotations" / ("captions_" + std::string(side) + ".json"),
               Json{{"images", images}, {"annotations", annotations}}.dump());
  }
}

/// Begins a training and interrupts it.
void interrupt_training(const Shell& shell, const std::string& out) {
  const pid_t process = begin_command({program_path(), "train", shell / "features", "--out", shell / out, "--epochs",
                                       "60", "--batch-size", "12", "--hidden", "16", "--width", "8", "--threads", "1"});
  while (!std::filesystem::exists(shell / out / "checkpoint.safetensors"))
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ::kill(process, SIGINT);
  int status = 0;
  ::waitpid(process, &status, 0);
  CHECK(WEXITSTATUS(status) == 130);
}

/// A mirror with a Flickr8k of these pictures.
class FlickrMirror {
 public:
  explicit FlickrMirror(const std::vector<std::string>& pictures) {
    std::vector<Member> members;
    std::string tokens;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      const std::string name = "picture" + std::to_string(i) + ".jpg";
      members.push_back({.name = "Flicker8k_Dataset/" + name, .content = pictures[i]});
      tokens += name + "#0\ta shape\n" + name + "#1\tanother caption " + std::to_string(i) + "\n";
    }
    text_ = archive_bytes(ArchiveKind::kZip, {{.name = "Flickr8k.token.txt", .content = tokens}});
    pictures_ = archive_bytes(ArchiveKind::kZip, members);
  }

  std::string address() const { return server_.address(); }

 private:
  std::string text_, pictures_;
  MisbehavingServer server_{[this](const ServerRequest& request) {
    if (request.path.ends_with("text.zip")) return ServerAnswer{.body = text_};
    return request.path.ends_with("Dataset.zip") ? ServerAnswer{.body = pictures_} : ServerAnswer{.status = 404};
  }};
};

/// The words of a command that begin with "--".
Words options_in(const std::string& command) {
  Words options;
  std::istringstream words(command);
  for (std::string word; words >> word;) {
    if (word.starts_with("--")) options.push_back(word);
  }
  return options;
}

}  // namespace

TEST_CASE("every command of the README, the tour and the results runs" * doctest::test_suite("slow")) {
  const ScratchFolder shapes;
  write_shapes(shapes);
  const std::string picture = read_file(shapes / "shape100.jpg");
  const FlickrMirror mirror({picture, read_file(shapes / "shape110.jpg"), read_file(shapes / "shape115.jpg")});
  const TinyHub hub;
  ::setenv("HF_ENDPOINT", hub.hub.address().c_str(), 1);
  ::setenv("HF_HUB_CACHE", (hub.folder / "hub").c_str(), 1);
  ::setenv("HF_HOME", hub.folder.path().c_str(), 1);
  ::setenv("HF_TOKEN", kToken, 1);
  ::unsetenv("HF_HUB_OFFLINE");
  const std::string encoders = "--image-encoder " + encoder("tiny_vit") + " --text-encoder " + encoder("tiny_bert");

  const std::vector<Recipe> recipes = {
      {.begins = "make ",
       .not_run = "set-up, the build and this very test; the steps of scripts/demo.sh are those below"},
      {.begins = "tandem fetch hf:distilbert/distilbert-base-uncased",
       .put = {{"hf:distilbert/distilbert-base-uncased", "hf:tiny/model"}}},
      {.begins = "tandem encoders"},
      {.begins = "tandem encode ",
       .put = {{"flickr8k:DIR", "csv:captions.csv"}},
       .more = encoders + " --text-pooling mean"},
      {.begins = "tandem fit ",
       .put = {{"flickr8k:DIR", "csv:captions.csv"}},
       .more = encoders + " --text-pooling mean"},
      {.begins = "tandem report"},
      {.begins = "tandem embed",
       .before = [](const Shell& shell) { write_file(shell / "lines.txt", "a red circle\na blue square\n"); }},
      {.begins = "tandem scan ",
       .put = {{"flickr8k:DIR", "csv:captions.csv"},
               {"A", encoder("tiny_vit")},
               {"B", encoder("tiny_deit")},
               {"X", encoder("tiny_bert")},
               {"Y", encoder("tiny_roberta")}},
       .more = "--sample 30 --neighbours 3"},
      {.begins = "tandem train features", .more = kSmallTraining},
      {.begins = "tandem train --resume",
       .put = {{"run", "begun"}},
       .before = [](const Shell& shell) { interrupt_training(shell, "begun"); }},
      {.begins = "tandem cca"},
      {.begins = "tandem ensemble"},
      {.begins = "tandem finetune", .more = "--epochs 1"},
      {.begins = "tandem eval"},
      {.begins = "tandem eval run --against",
       .before =
           [](const Shell& shell) { shell.run("tandem train features --out other-run --seed 2 " + kSmallTraining); }},
      {.begins = "tandem sweep", .put = {{"examples/losses.toml", "losses.toml"}}, .more = "--seeds 1"},
      {.begins = "tandem baselines"},
      {.begins = "tandem geometry"},
      {.begins = "tandem correct"},
      {.begins = "tandem classify", .put = {{"cifar10:DIR", "cifar10:cifar10"}}},
      {.begins = "tandem audit"},
      {.begins = "tandem map", .more = "--iterations 60"},
      {.begins = "tandem figures", .more = "--method pca --queries 2"},
      {.begins = "tandem examples"},
      {.begins = "tandem search"},
      {.begins = "tandem fetch flickr8k", .more = "--yes --mirror " + mirror.address()},
      {.begins = "tandem data flickr8k:flickr8k"},
      {.begins = "tandem data coco:coco"},
      {.begins = "tandem import",
       .before =
           [](const Shell& shell) {
             write_npy(shell / "image.npy", at::randn({30, 12}));
             write_npy(shell / "text.npy", at::randn({30, 8}));
             std::filesystem::remove_all(shell / "features");  // those of the page's other blocks
           }},
      {.begins = "tandem export"}};
  std::vector<int> used(recipes.size(), 0);
  for (const char* page : {"README.md", "doc/tour.md", "doc/results.md"}) {
    const Shell shell;
    for (const auto& entry : std::filesystem::directory_iterator(shapes.path()))
      std::filesystem::copy(entry.path(), shell / entry.path().filename().string());
    write_file(shell / "holiday.jpg", picture);
    write_cifar10(shell / "cifar10");
    write_coco(shell / "coco", picture);
    write_file(shell / "losses.toml", "[options]\nepochs = 1\nhead.hidden_width = 16\nhead.embedding_width = 8\n" +
                                          read_file(source_dir() / "examples/losses.toml"));
    run_all(commands_of(source_dir() / page), recipes, shell, used);
  }
  check_all_used(recipes, used);
}

TEST_CASE("the commands of the results' best table run, with four picture encoders and nine views of captions" *
          doctest::test_suite("slow")) {
  const Shell shell;
  const ScratchFolder shapes;
  const std::string csv = "csv:" + write_shapes(shapes).string();
  shell.run("tandem encode --data " + csv + " --out features --image-encoder " + encoder("tiny_efficientnet") + " " +
            encoder("tiny_resnet_basic") + " " + encoder("tiny_deit") + " " + encoder("tiny_resnet_bottleneck") +
            " --image-pooling mean+mirror mean+mirror cls+mirror,mean+mirror mean+mirror --text-encoder " +
            encoder("tiny_bert") + " --text-pooling mean,mean@-2,mean@-3,max,max@-2");
  shell.run("tandem train features --out RUN --hidden 2048 --epochs 12 --batch-size 48");
  shell.run("tandem cca features --out LINEAR --regularisation 1 --power 0.5");
  shell.run("tandem ensemble RUN LINEAR --out both --weights 1 1.5");
  shell.run("tandem correct both --method nnn");
  shell.run("tandem eval both");
}

TEST_CASE("every command of the benchmarks runs or names a script, a target and options that are there" *
          doctest::test_suite("slow")) {
  const Shell shell;
  const std::string peers =
      "needs packages from the network, rivals of tandem; that script and options are there is checked";
  const std::string target = "builds a benchmark; that the target is there is checked";
  std::string targets;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_dir() / "benchmarks")) {
    if (entry.path().filename() == "CMakeLists.txt") targets += read_file(entry.path());
  }
  const Words commands = commands_of(source_dir() / "benchmarks/README.md");
  for (const std::string& command : commands) {
    INFO(command);
    std::smatch found;
    if (std::regex_search(command, found, std::regex("-r (\\S+)")))
      CHECK(std::filesystem::exists(source_dir() / found[1].str()));
    if (std::regex_search(command, found, std::regex("--target (\\S+)")))
      CHECK(targets.find(found[1].str()) != std::string::npos);
    if (!std::regex_search(command, found, std::regex("python3? (\\S+\\.py)"))) continue;
    REQUIRE(std::filesystem::exists(source_dir() / found[1].str()));
    const std::string script = read_file(source_dir() / found[1].str());
    for (const std::string& option : options_in(command))
      CHECK_MESSAGE(script.find("\"" + option + "\"") != std::string::npos, "no ", option);
  }

  const ScratchFolder shapes;
  const std::string csv = "csv:" + write_shapes(shapes).string();
  std::filesystem::create_directory_symlink(source_dir() / "benchmarks", shell / "benchmarks");
  std::filesystem::create_directory(shell / "results");
  std::filesystem::create_directory(shell / "build");
  std::filesystem::create_symlink(program_path(), shell / "build/tandem");
  const auto train = [](const Shell& here) {
    if (!std::filesystem::exists(here / "RUN")) here.run("tandem train features --out RUN " + kSmallTraining);
  };
  const std::vector<Recipe> recipes = {
      {.begins = "python3 -m venv peers", .not_run = peers},
      {.begins = "cmake --build build --target", .not_run = target},
      {.begins = "peers/", .not_run = peers},
      {.begins = "python3 benchmarks/readers/listing.py",
       .not_run = "needs the benchmark list_data; that script and options are there is checked"},
      {.begins = "build/tandem encode",
       .put = {{"flickr8k:DIR", csv}},
       .more = "--image-encoder " + encoder("tiny_vit") + " --text-encoder " + encoder("tiny_bert") +
               " --text-pooling mean"},
      {.begins = "python3 benchmarks/audit/planted_swaps.py RUN --split test",
       .more = "--tandem " + program_path(),
       .before = train},
      {.begins = "python3 benchmarks/audit/planted_swaps.py RUN --split train",
       .more = "--folds 2 --epochs 1 --tandem " + program_path(),
       .before = train}};
  std::vector<int> used(recipes.size(), 0);
  run_all(commands, recipes, shell, used);
  check_all_used(recipes, used);
}
