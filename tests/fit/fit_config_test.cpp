#include "tandem/fit/fit_config.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/fit/fit_options_json.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

FitOptions odd_options() {
  FitOptions options;
  options.data = {.source = "csv:/data/a \"quoted\" näme\\.csv",
                  .read = {.strict = true, .limit = 7, .seed = 9, .columns = {.caption = "a,b"}, .delimiter = "tab"}};
  options.encode.image_encoders = {"/m/one", "/m/two"};
  options.encode.image_poolings = {"mean+mirror", "cls"};
  options.encode.dtype = "bf16";
  options.train.options.learning_rate = 1.0 / 3;
  options.train.options.seed = (std::uint64_t{1} << 63) - 1;
  options.train.options.image_head.dropout = 1e-7;
  options.train.options.loss.kind = LossKind::kSigLip;
  options.cca.grid.regularisations = {0.1, 2};
  options.ensemble.weights = {1, 1.5};
  options.correct = {.method = "csls", .bank_rows = 12};
  options.evaluate.report = false;
  options.threads = 3;
  return options;
}

}  // namespace

TEST_CASE("the options of a fit come back from TOML as they were") {
  const ScratchFolder folder;
  for (const FitOptions& options : {FitOptions(), odd_options()}) {
    write_file(folder / "fit.toml", config_text(options));
    const FitOptions read = with_config(FitOptions(), folder / "fit.toml");
    CHECK(to_json(read) == to_json(options));
    CHECK(first_difference(options, read) == "");
    CHECK(config_text(read) == config_text(options));
  }
}

TEST_CASE("a config changes what it names and leaves the rest") {
  const ScratchFolder folder;
  write_file(folder / "some.toml",
             "[train]\nlearning_rate = 1\n[train.head]\ndropout = 0.25\nhidden_width = 8\n"
             "[train.text_head]\nhidden_width = 16\n[cca]\npower = [0, 1]\n");
  const FitOptions base = odd_options();
  const FitOptions read = with_config(base, folder / "some.toml");
  CHECK(read.train.options.learning_rate == 1.0);
  CHECK(read.train.options.image_head.dropout == 0.25);
  CHECK(read.train.options.text_head.dropout == 0.25);
  CHECK(read.train.options.image_head.hidden_width == 8);
  CHECK(read.train.options.text_head.hidden_width == 16);
  CHECK(read.cca.grid.powers == std::vector<double>{0, 1});
  CHECK(read.cca.grid.regularisations == base.cca.grid.regularisations);
  CHECK(read.data.source == base.data.source);
  CHECK(first_difference(base, read) == "cca.power = [0.0,0.5,1.0,2.0,4.0], not [0.0,1.0]");
}

TEST_CASE("the number of threads makes no other fit, and everything else does") {
  const FitOptions base;
  FitOptions other = base;
  other.threads = 5;
  CHECK(first_difference(base, other) == "");
  other.train.options.seed = 2;
  CHECK(first_difference(base, other) == "train.seed = 0, not 2");
  other = base;
  other.correct.method = "none";
  CHECK(first_difference(base, other) == "correct.method = \"auto\", not \"none\"");
}

TEST_CASE("options out of range are refused by their names in the config") {
  const auto complaint = [](const auto& change) -> std::string {
    FitOptions options;
    options.data.source = "csv:a.csv";
    options.encode.image_encoders = options.encode.text_encoders = {"/m"};
    change(options);
    try {
      check_fit_options(options);
    } catch (const c10::ValueError& error) {
      return error.what_without_backtrace();
    }
    return "";
  };
  CHECK(complaint([](FitOptions&) {}) == "");
  CHECK(complaint([](FitOptions& o) { o.data.source.clear(); }).find("data or a folder of features") !=
        std::string::npos);
  CHECK(complaint([](FitOptions& o) { o.train.options.seed = ~std::uint64_t{0}; }).find("train.seed") !=
        std::string::npos);
  CHECK(complaint([](FitOptions& o) { o.encode.image_poolings = {"mean", "cls"}; }).find("encode.image_poolings") !=
        std::string::npos);
  CHECK(complaint([](FitOptions& o) { o.cca.grid.regularisations = {0}; }).find("cca.regularisation") !=
        std::string::npos);
  CHECK(complaint([](FitOptions& o) { o.evaluate.folds = 1; }).find("evaluate.folds") != std::string::npos);
  CHECK(complaint([](FitOptions& o) { o.train.options.batch_size = 0; }).find("batch_size") != std::string::npos);
}
