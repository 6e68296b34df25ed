#include "apps/terminal/usage_error.h"

#include <doctest/doctest.h>

#include "apps/commands/program_parser.h"
#include "apps/help/everyday_options.h"
#include "apps/program.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// What is said of a command line that is wrong.
std::string sentence_of(std::vector<std::string> words) {
  CLI::App program;
  apps::build_program_parser(program);
  std::reverse(words.begin(), words.end());  // as CLI11 takes them
  try {
    program.parse(words);
  } catch (const CLI::ParseError& error) {
    return apps::usage_sentence(program, error);
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a command that is nearly right is named") {
  CHECK(sentence_of({"trian", "features", "--out", "run"}) ==
        "tandem: expected a command, found 'trian' (did you mean 'train'?); see 'tandem --help'");
  CHECK(sentence_of({"serach", "map"})
            .starts_with("tandem: expected a command, found 'serach' (did you mean 'search'?)"));
  CHECK(sentence_of({"photograph"}) == "tandem: expected a command, found 'photograph'; see 'tandem --help'");
  CHECK(sentence_of({"help", "trian"}).find("(did you mean 'train'?)") != std::string::npos);
}

TEST_CASE("an option that is nearly right is named, also where a required one is missing for it") {
  CHECK(sentence_of({"train", "features", "--widht", "3", "--out", "run"}) ==
        "tandem train: expected an option of train, found '--widht' (did you mean '--width'?); see 'tandem train "
        "--help'");
  CHECK(sentence_of({"encode", "--dta=x", "--out", "f"}) ==
        "tandem encode: expected an option of encode, found '--dta' (did you mean '--data'?); see 'tandem encode "
        "--help'");
  CHECK(sentence_of({"encode", "--out", "f"}) == "tandem encode: --data is required; see 'tandem encode --help'");
  CHECK(sentence_of({"--verbos", "encoders"}) ==
        "tandem: expected an option, found '--verbos' (did you mean '--verbose'?); see 'tandem --help'");
  CHECK(sentence_of({"encoders", "folder"}) ==
        "tandem encoders: expected no further word, found 'folder'; see 'tandem encoders --help'");
}

TEST_CASE("a word that an option does not take is shown with those that it takes") {
  CHECK(sentence_of({"encode", "--data", "x", "--out", "f", "--dtype", "fp3"}) ==
        "tandem encode: --dtype: expected one of auto, fp32, bf16, fp16, found 'fp3' (did you mean 'fp32'?); see "
        "'tandem encode --help'");
}

TEST_CASE("the options of every command may stand before it and after it") {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"completion", "bash", "--quiet", "--log", "a"},
                                                {"--log", "a", "-q", "completion", "bash"}}) {
    CLI::App program;
    apps::build_program_parser(program);
    program.get_subcommand("completion")->callback([] {});
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    program.parse(reversed);
    const apps::SpeechOptions options = apps::speech_options(program);
    CHECK(options.quiet);
    CHECK_FALSE(options.verbose);
    CHECK(options.log == "a");
  }
}

TEST_CASE("a kind of data that is nearly right is named" * doctest::test_suite("slow")) {
  refused({"data", "flikr8k:somewhere"}, {"no such file, folder or kind of data (did you mean flickr8k:?)"});
  refused({"data", "photographs:somewhere"}, {"no such file, folder or kind of data"});
  refused({"help", "--quiet", "--verbose"}, {"one of --quiet and --verbose was needed, got both"});
}
