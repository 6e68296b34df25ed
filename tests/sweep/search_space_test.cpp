#include "tandem/sweep/search_space.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "tandem/storage/atomic_file.h"
#include "tandem/sweep/configurations.h"
#include "tandem/training/train_options_json.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;

namespace {

SearchSpace space_of(const ScratchFolder& folder, const std::string& text) {
  write_file(folder / "sweep.toml", text);
  return read_search_space(folder / "sweep.toml");
}

/// What is said of the text, as a grid.
std::string complaint(const std::string& text) {
  const ScratchFolder folder;
  try {
    grid_configurations(space_of(folder, text));
  } catch (const FileError& error) {
    return error.what();
  }
  return "nothing";
}

void complains(const std::string& text, const std::vector<std::string>& parts) {
  const std::string said = complaint(text);
  for (const std::string& part : parts)
    CHECK_MESSAGE(said.find(part) != std::string::npos, "said: ", said, " without: ", part);
}

}  // namespace

TEST_CASE("a grid is every case with every combination of the lists") {
  const ScratchFolder folder;
  const auto grid = grid_configurations(space_of(folder, R"(
[options]
epochs = 3
head.kind = "glu"
[[cases]]
name = "plain"
[[cases]]
name = "sigmoid"
loss.kind = "siglip"
initial_scale = 10
[grid]
learning_rate = [1e-3, 2e-3]
head.dropout = [0.1, 0.5]
)"));
  REQUIRE(grid.size() == 8);
  CHECK(grid[0].label == "plain, head.dropout=0.1, learning_rate=0.001");
  CHECK(grid[1].label == "plain, head.dropout=0.1, learning_rate=0.002");
  CHECK(grid[7].label == "sigmoid, head.dropout=0.5, learning_rate=0.002");
  for (const Configuration& one : grid) {
    CHECK(one.options.epochs == 3);
    CHECK(one.options.image_head.kind == HeadKind::kGlu);
    CHECK(one.options.text_head.kind == HeadKind::kGlu);
    CHECK(one.options.batch_size == TrainOptions().batch_size);
  }
  CHECK(grid[3].options.loss.kind == LossKind::kInfoNce);
  CHECK(grid[7].options.loss.kind == LossKind::kSigLip);
  CHECK(grid[7].options.initial_scale == 10);
  CHECK(grid[7].options.image_head.dropout == 0.5);
  CHECK(grid[7].options.text_head.dropout == 0.5);
}

TEST_CASE("a file without anything is one configuration, the defaults") {
  const ScratchFolder folder;
  const auto grid = grid_configurations(space_of(folder, ""));
  REQUIRE(grid.size() == 1);
  TrainOptions defaults;
  defaults.epochs = 0;
  CHECK(to_json(grid[0].options) == to_json(defaults));
}

TEST_CASE("one side's head alone and the shuffled control can be a grid") {
  const ScratchFolder folder;
  const auto grid =
      grid_configurations(space_of(folder, "[grid]\ntext_head.hidden_width = [64, 128]\nshuffled = [false, true]\n"));
  REQUIRE(grid.size() == 4);
  CHECK(grid[3].options.text_head.hidden_width == 128);
  CHECK(grid[3].options.image_head.hidden_width == HeadOptions().hidden_width);
  CHECK(grid[3].options.shuffled);
}

TEST_CASE("draws keep to their ranges, and more of them begin with the same") {
  const ScratchFolder folder;
  const SearchSpace space = space_of(folder, R"(
[random]
learning_rate = { log_uniform = [1e-4, 1e-2] }
head.dropout = { uniform = [0.2, 0.8] }
batch_size = { uniform = [2, 5] }
loss.kind = { choice = ["info-nce", "siglip"] }
)");
  const auto few = random_configurations(space, 10, 7);
  const auto many = random_configurations(space, 300, 7);
  const auto other = random_configurations(space, 10, 8);
  REQUIRE(many.size() == 300);
  for (std::size_t i = 0; i < few.size(); ++i) CHECK(few[i].label == many[i].label);
  CHECK(few[0].label != other[0].label);
  std::set<std::int64_t> batches;
  double logs = 0;
  for (const Configuration& one : many) {
    CHECK(one.options.learning_rate >= 1e-4);
    CHECK(one.options.learning_rate < 1e-2);
    CHECK(one.options.image_head.dropout == one.options.text_head.dropout);
    CHECK(one.options.image_head.dropout >= 0.2);
    CHECK(one.options.image_head.dropout < 0.8);
    batches.insert(one.options.batch_size);
    logs += std::log10(one.options.learning_rate) / 300;
  }
  CHECK((batches == std::set<std::int64_t>{2, 3, 4, 5}));
  CHECK(logs == doctest::Approx(-3).epsilon(0.05));
}

TEST_CASE(
    "an option that a case's loss or head does not use is left out there, and what is then the same is tried once") {
  const ScratchFolder folder;
  const std::string text = R"(
[[cases]]
name = "linear"
head.kind = "linear"
[[cases]]
name = "mlp"
[grid]
head.dropout = [0.1, 0.5]
loss.kind = ["info-nce", "dcl"]
loss.label_smoothing = [0.0, 0.2]
)";
  std::vector<std::string> labels;
  for (const Configuration& one : grid_configurations(space_of(folder, text))) {
    labels.push_back(one.label);
    if (one.label.starts_with("linear")) CHECK(one.options.image_head.dropout == HeadOptions().dropout);
    if (one.label.ends_with("dcl")) CHECK(one.options.loss.label_smoothing == 0);
  }
  CHECK((labels == std::vector<std::string>{"linear, loss.kind=info-nce, loss.label_smoothing=0.0",
                                            "linear, loss.kind=info-nce, loss.label_smoothing=0.2",
                                            "linear, loss.kind=dcl",
                                            "mlp, head.dropout=0.1, loss.kind=info-nce, loss.label_smoothing=0.0",
                                            "mlp, head.dropout=0.1, loss.kind=info-nce, loss.label_smoothing=0.2",
                                            "mlp, head.dropout=0.1, loss.kind=dcl",
                                            "mlp, head.dropout=0.5, loss.kind=info-nce, loss.label_smoothing=0.0",
                                            "mlp, head.dropout=0.5, loss.kind=info-nce, loss.label_smoothing=0.2",
                                            "mlp, head.dropout=0.5, loss.kind=dcl"}));
}

TEST_CASE("an option that no configuration uses is refused with its line and what it goes with") {
  complains("[options]\nloss.kind = \"dcl\"\nloss.margin = 0.3\n",
            {"sweep.toml:3:", "loss.margin goes with loss.kind hinge-max or hinge-sum"});
  complains("[[cases]]\nname = \"a\"\nloss.kind = \"siglip\"\n[[cases]]\nname = \"b\"\ninitial_bias = -3\n",
            {"sweep.toml:6:", "initial_bias goes with loss.kind siglip"});
  complains("[grid]\nhead.shrinkage = [0.1, 0.2]\n",
            {"sweep.toml:2:", "head.shrinkage goes with head.scaling pca or zca"});
  complains("[options]\nhead.kind = \"linear\"\n[grid]\ntext_head.dropout = [0.1, 0.2]\n",
            {"sweep.toml:4:", "head.dropout goes with head.kind mlp or glu"});
  complains("[options]\nstructure.levels = 2\n",
            {"sweep.toml:2:", "structure.levels goes with structure.weight above 0"});
  CHECK(complaint("[options]\nloss.margin = 0.3\n[grid]\nloss.kind = [\"dcl\", \"hinge-sum\"]\n") == "nothing");
  CHECK(complaint("[options]\nimage_head.kind = \"linear\"\nhead.dropout = 0.3\n") == "nothing");
}

TEST_CASE("a draw that came before is left out") {
  const ScratchFolder folder;
  CHECK(random_configurations(space_of(folder, "[grid]\nshuffled = [true, false]\n"), 50, 1).size() == 2);
}

TEST_CASE("unknown keys are refused by name and line") {
  complains("[grid]\nlearning_rat = [1, 2]\n",
            {"sweep.toml:2: expected an option by its name in run.json (", "found \"learning_rat\""});
  complains("[options]\nepochs = 2\nloss.tempo = 3\n", {"sweep.toml:3:", "\"loss.tempo\""});
  complains("[options]\nhead.widht = 3\n", {"sweep.toml:2:", "\"head.widht\""});
  complains("[options]\nimage_head = 3\n", {"sweep.toml:2:", "\"image_head\""});
  complains("[options]\nseed = 3\n", {"sweep.toml:2:", "--seeds", "\"seed\""});
  complains("[options]\nhead.pooled = 3\n", {"sweep.toml:2:", "which the features tell"});
  complains("\n[gird]\nepochs = [1]\n",
            {"sweep.toml:2: expected [options], [[cases]], [grid] or [random], found \"gird\""});
}

TEST_CASE("values of another type, empty lists and doubles are refused") {
  complains("[options]\nepochs = 2.5\n",
            {"sweep.toml:2: expected a whole number for \"epochs\", found the number 2.5"});
  complains("[options]\nlearning_rate = \"high\"\n", {"sweep.toml:2: expected a number for \"learning_rate\""});
  complains("[grid]\nlearning_rate = [\n  1e-3,\n  true]\n", {"sweep.toml:4: expected a number", "true"});
  complains("[grid]\nepochs = 3\n", {"sweep.toml:2: expected a list with at least one value for \"epochs\""});
  complains("[grid]\nepochs = []\n", {"found an empty one"});
  complains("[grid]\nepochs = [1, 2, 1]\n", {"sweep.toml:2: expected every value of \"epochs\" once, found 1 again"});
  complains("[grid]\nhead.dropout = [0.1]\nimage_head.dropout = [0.2]\n", {"varied in one place", "in two"});
  complains("[[cases]]\nname = \"a\"\nepochs = 2\n[grid]\nepochs = [1]\n",
            {"\"epochs\" in case \"a\" and in a list or range"});
  complains("[[cases]]\nepochs = 2\n", {"sweep.toml:1: expected a name for every case, found none"});
  complains("[[cases]]\nname = \"a\"\n[[cases]]\nname = \"a\"\n",
            {"sweep.toml:4: expected a name no other case has, found \"a\" again"});
}

TEST_CASE("options out of range or at odds are refused before anything is trained") {
  complains("[grid]\nhead.dropout = [0.5, 1.5]\n",
            {"options in their ranges in \"head.dropout=1.5\"", "dropout must be in [0, 1), got 1.5"});
  complains("[options]\nhead.kind = \"glu\"\nhead.blocks = 2\n", {"residual blocks are the mlp's"});
  complains("[options]\nloss.kind = \"triplet\"\n", {"a loss of a known kind", "\"triplet\""});
}

TEST_CASE("ranges that are none, and ranges in a grid, are refused") {
  complains("[random]\nlearning_rate = { uniform = [1, 2] }\n",
            {"sweep.toml:1: expected a grid, or --random N", "[random] without --random"});
  complains("[random]\nlearning_rate = { log_uniform = [0, 2] }\n",
            {"sweep.toml:2: expected [low, high] with low below high and above 0", "[0,2]"});
  complains("[random]\nlearning_rate = { uniform = [2, 1] }\n", {"low below high"});
  complains("[random]\nlearning_rate = { normal = [1, 2] }\n", {"sweep.toml:2:", "\"learning_rate.normal\""});
  complains("[random]\nlearning_rate = [1, 2]\n", {"sweep.toml:2: expected one of { uniform"});
  complains("[random]\nloss.kind = { uniform = [1, 2] }\n", {"a choice for \"loss.kind\""});
}

TEST_CASE("what is no TOML is refused with its line") {
  complains("[grid]\nepochs = [1, 2\n", {"sweep.toml:", "expected TOML"});
  complains("[options]\nepochs = 1979-05-27\n", {"sweep.toml:2:", "a date or time"});
  CHECK_THROWS_WITH_AS(read_search_space("/nowhere/sweep.toml"), doctest::Contains("/nowhere/sweep.toml"), FileError);
}

TEST_CASE("keys of many parts and tables of many levels are refused") {
  std::string dotted = "[options]\na";
  for (int i = 0; i < 200000; ++i) dotted += i % 2 == 0 ? ".a" : " . 'a'";
  complains(dotted + " = 1\n", {"sweep.toml:2: expected keys of at most 16 parts, found more"});
  complains("[a" + dotted.substr(12) + "]\n", {"sweep.toml:1:", "16 parts"});
  complains("x = \"\"\" \" \"\"\"\n" + dotted.substr(10) + " = 1\n", {"sweep.toml:2:", "16 parts"});
  complains("[options]\nloss = " + std::string(100000, '[') + std::string(100000, ']') + "\n", {"sweep.toml"});
  complains("[options]\nloss = \"" + std::string(100, '.') + "\"  # " + std::string(100, '.') + "\n",
            {"sweep.toml:2:", "\"loss\""});
}

TEST_CASE("a grid whose combinations are too many is refused before it is made") {
  const auto list = [](const std::string& option) {
    std::string text = option + " = [";
    for (int i = 1; i <= 1000; ++i) text += std::to_string(i) + "e-4,";
    return text + "]\n";
  };
  complains("[grid]\n" + list("learning_rate") + list("weight_decay") + list("head.feature_noise"),
            {"sweep.toml:1", "at most 100000 combinations"});
}

TEST_CASE("a long list is looked through once, not once for each entry") {
  std::string list = "[grid]\nlearning_rate = [";
  for (int i = 0; i < 90'000; ++i) list += std::to_string(i) + ",";
  const ScratchFolder folder;
  CHECK(space_of(folder, list + "]\n").lists[0].values.size() == 90'000);
  complains(list + "7]\n", {"every value of \"learning_rate\" once, found 7.0 again"});
}
