#include <ATen/Context.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "apps/feature_arrays.h"
#include "apps/program.h"
#include "apps/shapes_data.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Splits of 40 pictures, one per line: the first `training` are train, those from the 31st on test.
std::string splits_of_forty(int training) {
  std::string splits;
  for (int i = 0; i < 40; ++i) {
    const std::string other = i < 30 ? "dev\n" : "test\n";
    splits += i < training ? "train\n" : other;
  }
  return splits;
}

/// The default encoders by name, so that tests need no folder called models beside them.
std::vector<std::string> encode(const std::string& data, const std::string& out) {
  return {"encode",
          "--data",
          data,
          "--image-encoder",
          models_dir() / "efficientnet-lite0",
          "--text-encoder",
          models_dir() / "all-MiniLM-L6-v2",
          "--out",
          out};
}

std::vector<std::string> operator+(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

bool has_models() {
  return std::filesystem::exists(models_dir() / "efficientnet-lite0") &&
         std::filesystem::exists(models_dir() / "all-MiniLM-L6-v2");
}

}  // namespace

TEST_CASE("help and version answer and a wrong option is bad input" * doctest::test_suite("slow")) {
  CHECK(successful({"--help"}).find("tandem encode") != std::string::npos);
  CHECK(successful({"--version"}).starts_with("tandem "));
  for (const char* command : {"encode", "train", "eval", "correct", "geometry", "classify", "map", "examples", "search",
                              "fetch", "encoders", "ensemble"}) {
    CHECK(successful({command, "--help"}).find("Examples:") != std::string::npos);
  }
  const Outcome bare = tandem_program({});  // a short help, but nothing was done
  CHECK(bare.code == 2);
  CHECK(bare.out.find("Start here:") != std::string::npos);
  CHECK(bare.err.empty());
  CHECK(successful({"help"}) == successful({"--help"}));
  CHECK(successful({"help", "train"}) == successful({"train", "--help"}));
  CHECK(successful({"help", "train", "--all"}) == successful({"train", "--help-all"}));
  CHECK(tandem_program({"fly"}).code == 2);
  CHECK(tandem_program({"eval", "run", "--nonsense"}).code == 2);
}

TEST_CASE("a command line that cannot be taken is one line that names the command and its help" *
          doctest::test_suite("slow")) {
  const auto said = [](const std::vector<std::string>& words) {
    const Outcome outcome = tandem_program(words);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    return outcome.err;
  };
  CHECK(said({"train", "features", "--out", "run", "--width", "many"}).starts_with("tandem train: "));
  CHECK(said({"train", "features", "--nonsense"}).find("see 'tandem train --help'") != std::string::npos);
  CHECK(said({"encode"}).starts_with("tandem encode: --data is required"));
  for (const std::vector<std::string>& words : {std::vector<std::string>{"fly"}, {"--nonsense"}}) {
    const std::string line = said(words);
    CHECK(line.starts_with("tandem: "));
    CHECK(line.ends_with("see 'tandem --help'\n"));
  }
}

TEST_CASE("paths that are not UTF-8 work where they are opened and are refused where they would be kept" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string odd = folder / "caf\xe9";
  const std::string plain = import_arrays(folder, feature_arrays(60));
  std::filesystem::copy(plain, odd);
  const std::vector<std::string> small = {"--epochs", "1", "--hidden", "16", "--width", "8", "--json"};
  refused(std::vector<std::string>{"train", odd, "--out", folder / "run"} + small, {"expected a path in UTF-8"});
  refused({"cca", odd, "--out", folder / "run"}, {"expected a path in UTF-8"});
  CHECK(!std::filesystem::exists(folder / "run"));
  CHECK(Json::parse(
            successful(std::vector<std::string>{"train", plain, "--out", odd + "-run"} + small))["best_epoch"] == 1);
  CHECK(Json::parse(successful({"eval", odd + "-run", "--features", odd, "--samples", "0", "--json"}))["images"] == 12);
  successful({"geometry", odd + "-run", "--json"});
  successful({"correct", odd + "-run", "--json"});
  successful({"map", odd + "-run", "--method", "pca", "--json", "--out", odd + ".png"});
  successful({"figures", odd + "-run", "--method", "pca", "--queries", "2", "--json", "--out", odd + "-figures"});
  successful({"export", odd, "--out", odd + "-arrays", "--json"});

  const ScratchFolder data;
  const std::filesystem::path encoders = reference_dir() / "encoders";
  std::filesystem::create_directory(data / "caf\xe9");
  for (const auto& entry : std::filesystem::directory_iterator(write_shapes(data).parent_path())) {
    if (entry.is_regular_file()) std::filesystem::copy(entry.path(), data / "caf\xe9" / entry.path().filename());
  }
  const std::string pictures = "csv:" + (data / "caf\xe9" / "captions.csv").string();
  successful({"data", pictures, "--json"});
  refused({"encode", "--data", pictures, "--image-encoder", encoders / "tiny_vit", "--text-encoder",
           encoders / "tiny_bert", "--out", folder / "f"},
          {"shape100.jpg: expected a path in UTF-8"});
  std::filesystem::copy(encoders / "tiny_vit", data / "vit\xe9");
  const std::string csv = "csv:" + (data / "captions.csv").string();
  refused({"encode", "--data", csv, "--image-encoder", data / "vit\xe9", "--text-encoder", encoders / "tiny_bert",
           "--out", folder / "f"},
          {"expected a path in UTF-8"});
  successful({"encode", "--data", csv, "--image-encoder", encoders / "tiny_vit", "--text-encoder",
              encoders / "tiny_bert", "--out", folder / "f\xe9", "--json"});
  CHECK(!std::filesystem::exists(folder / "f" / "manifest.json"));
}

TEST_CASE("more than the machine can hold is refused in one sentence, before the work where that can be known" *
          doctest::test_suite("slow")) {
#ifdef __SANITIZE_ADDRESS__
  MESSAGE("SKIPPED: AddressSanitizer needs more address space than this case allows");
  return;
#else
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(60));
  const Outcome threads = tandem_program({"train", features, "--out", folder / "run", "--threads", "100000"});
  CHECK(threads.code == 2);
  CHECK(threads.err.starts_with("tandem train: --threads: "));
  refused({"train", features, "--out", folder / "run", "--width", "65536", "--hidden", "65536", "--blocks", "64"},
          {"train: heads with a width of 65536", "GB of memory"});
  CHECK(!std::filesystem::exists(folder / "run"));
  // Room that is there for nobody, as on a smaller machine.
  const std::string program = program_path() + " train " + features + " --out " + (folder / "run").string() +
                              " --width 20000 --hidden 20000 --epochs 1 --threads 1";
  const int status = std::system(
      ("bash -c \"ulimit -v 3000000; exec " + program + "\" >/dev/null 2>" + (folder / "said").string()).c_str());
  CHECK(WEXITSTATUS(status) == 2);
  const std::string said = read_file(folder / "said");
  CHECK_MESSAGE(said.find("memory") != std::string::npos, said);
  CHECK(
      said.substr(0, said.size() - 1).substr(said.substr(0, said.size() - 1).rfind('\n') + 1).starts_with("tandem: "));
#endif
}

TEST_CASE("features that do not differ, or by less than float32 can square, are refused by closed-form heads in words" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  for (const double factor : {0.0, 1e-43}) {
    FeatureArrays arrays = feature_arrays(60);
    arrays.image = arrays.image * factor;
    refused(
        {"cca", import_arrays(folder, arrays, factor == 0 ? "same" : "small"), "--out", folder / "run"},
        {factor == 0 ? "features of pictures must differ from one another" : "features of the pictures that differ"});
    CHECK(!std::filesystem::exists(folder / "run" / "run.json"));
  }
}

TEST_CASE("a number of folds is asked for only where there is one" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  for (const int training : {1, 3, 5}) {
    FeatureArrays arrays = feature_arrays(40);
    arrays.splits = splits_of_forty(20);
    const std::string name = "few" + std::to_string(training);
    const std::string all = import_arrays(folder, arrays, "all" + std::to_string(training));
    arrays.splits = splits_of_forty(training);
    const std::string few = import_arrays(folder, arrays, name);
    successful(
        {"train", all, "--out", folder / ("run" + name), "--epochs", "1", "--hidden", "16", "--width", "8", "--json"});
    const std::vector<std::string> audit = {"audit", folder / ("run" + name), "--features", few, "--split", "train",
                                            "--json"};
    if (training < 4)
      refused(audit, {"4 pictures of the split train or 2 of the others were needed, got " + std::to_string(training) +
                      " and 0"});
    else
      refused(audit, {"audit: --folds must be 2, two pictures a fold, for the 5 pictures of the split train, got 5"});
  }
}

TEST_CASE("a wrong path is one sentence" * doctest::test_suite("data")) {
  if (!has_models()) {
    MESSAGE("SKIPPED: models/ is not there");
    return;
  }
  const ScratchFolder out;
  refused(encode("flickr8k:" + (out / "none").string(), out / "f"), {"none"});
  refused(encode("csv:" + (out / "none.csv").string(), out / "f"), {"none.csv"});
  refused(encode("pigeon:somewhere", out / "f"), {"pigeon", "flickr8k"});
  refused({"train", out / "none", "--out", out / "run"},
          {"none: expected a folder of features", "found nothing of that name"});
  refused({"eval", out / "none"}, {"none: expected a run", "found nothing of that name"});
  refused({"search", out / "none", "dog"}, {"expected a run"});
  CHECK(std::filesystem::is_empty(out.path()));
}

TEST_CASE("an empty CSV and one whose pictures are missing are refused" * doctest::test_suite("data")) {
  if (!has_models()) {
    MESSAGE("SKIPPED: models/ is not there");
    return;
  }
  const ScratchFolder data, out;
  write_file(data / "empty.csv", "");
  refused(encode("csv:" + (data / "empty.csv").string(), out / "f"), {"empty.csv", "found an empty file"});
  write_file(data / "gone.csv", "image,caption\na.jpg,a dog\nb.jpg,a cat\n");
  refused(encode("csv:" + (data / "gone.csv").string(), out / "f"), {"gone.csv", "a.jpg"});
  CHECK(!std::filesystem::exists(out / "f" / "manifest.json"));
}

TEST_CASE("broken pictures are left out and named and refused under strict" * doctest::test_suite("data")) {
  if (!has_models()) {
    MESSAGE("SKIPPED: models/ is not there");
    return;
  }
  const ScratchFolder data, out;
  const std::string csv = "csv:" + write_shapes(data).string();
  write_file(data / "shape105.jpg", read_file(data / "shape105.jpg").substr(0, 400));
  write_file(data / "shape106.jpg", "");
  const Outcome outcome = tandem_program(encode(csv, out / "f"));
  CHECK(outcome.code == 0);
  CHECK(outcome.err.find("left out: 2 pictures") != std::string::npos);
  CHECK(outcome.err.find("shape105.jpg") != std::string::npos);
  CHECK(outcome.err.find("shape106.jpg") != std::string::npos);
  refused(encode(csv, out / "strict") + std::vector<std::string>{"--strict"}, {"shape105.jpg", "--strict"});
  CHECK(!std::filesystem::exists(out / "strict" / "manifest.json"));
}

TEST_CASE("an encoder folder that is none is refused in words" * doctest::test_suite("data")) {
  if (!has_models()) {
    MESSAGE("SKIPPED: models/ is not there");
    return;
  }
  const ScratchFolder data, out;
  const std::string csv = "csv:" + write_shapes(data).string();
  const std::string bert = models_dir() / "all-MiniLM-L6-v2";
  const std::string efficientnet = models_dir() / "efficientnet-lite0";
  make_folder(data / "odd");
  write_file(data / "odd" / "config.json", "{\"model_type\": \"perceptron\"}");
  refused({"encode", "--data", csv, "--image-encoder", data / "odd", "--text-encoder", bert, "--out", out / "f"},
          {"odd", "perceptron"});
  refused({"encode", "--data", csv, "--image-encoder", bert, "--text-encoder", bert, "--out", out / "f"},
          {"all-MiniLM-L6-v2", "bert"});

  std::filesystem::create_directory(data / "liar");
  for (const char* name : {"config.json", "preprocessor_config.json"})
    std::filesystem::copy_file(efficientnet / std::filesystem::path(name), data / "liar" / name);
  std::string header(8, '\0');
  const std::uint64_t lie = std::uint64_t{1} << 63;
  std::memcpy(header.data(), &lie, sizeof(lie));
  write_file(data / "liar" / "model.safetensors", header + "{}");
  refused({"encode", "--data", csv, "--image-encoder", data / "liar", "--text-encoder", bert, "--out", out / "f"},
          {"model.safetensors", "a header length of 9223372036854775808"});
  CHECK(!std::filesystem::exists(out / "f" / "manifest.json"));
}

TEST_CASE("poolings are one for all encoders or one for each" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::filesystem::path encoders = reference_dir() / "encoders";
  const auto encode_two = [&](const std::string& out, const std::vector<std::string>& poolings) {
    std::vector<std::string> words = {"encode",
                                      "--json",
                                      "--data",
                                      "csv:" + write_shapes(folder).string(),
                                      "--image-encoder",
                                      encoders / "tiny_vit",
                                      encoders / "tiny_resnet_basic",
                                      "--text-encoder",
                                      encoders / "tiny_bert",
                                      "--out",
                                      folder / out,
                                      "--image-pooling"};
    words.insert(words.end(), poolings.begin(), poolings.end());
    return words;
  };
  const auto width = [&](const std::string& out, const std::vector<std::string>& poolings) {
    return Json::parse(successful(encode_two(out, poolings)))["image_width"].get<int>();
  };
  const int both = width("mean", {"mean"});
  const int of_each = width("each", {"cls,mean", "mean"});
  CHECK(of_each - both == 24);  // one view more, of the ViT alone, which is 24 wide
  refused(encode_two("three", {"cls", "mean", "max"}), {"--image-pooling", "one for each of the 2", "found 3"});
}

TEST_CASE("a device or an arithmetic that this machine has not is refused in words" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const auto encode_tiny = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"encode",
                                      "--data",
                                      "csv:" + write_shapes(folder).string(),
                                      "--image-encoder",
                                      reference_dir() / "encoders/tiny_vit",
                                      "--text-encoder",
                                      reference_dir() / "encoders/tiny_bert",
                                      "--out",
                                      folder / "features"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  if (!at::globalContext().hasCUDA())
    refused(encode_tiny({"--device", "cuda"}), {"the device cuda needs a GPU and a LibTorch built with CUDA"});
  refused(encode_tiny({"--device", "tpu"}), {"the device must be cpu, cuda or cuda:NUMBER, got \"tpu\""});
  refused(encode_tiny({"--device", "cuda:x"}), {"the device must be cpu, cuda or cuda:NUMBER"});
  refused(encode_tiny({"--dtype", "fp16"}), {"fp16 needs a GPU"});
  for (const std::string command : {"train", "sweep", "finetune"}) {
    std::vector<std::string> words = {command, folder / "features", "--out", folder / "run", "--device"};
    if (command == "sweep") words.insert(words.begin() + 1, {"--grid", folder / "grid.toml"});
    if (command == "finetune") words.insert(words.begin() + 1, {"--lora", "2"});
    if (!at::globalContext().hasCUDA())
      refused(words + std::vector<std::string>{"cuda"}, {"the device cuda needs a GPU and a LibTorch built with CUDA"});
    refused(words + std::vector<std::string>{"tpu"}, {"the device must be cpu, cuda or cuda:NUMBER, got \"tpu\""});
  }
  CHECK(!std::filesystem::exists(folder / "features"));
}

TEST_CASE("features from another encoder or damaged ones are refused by eval" * doctest::test_suite("data")) {
  if (!has_models()) {
    MESSAGE("SKIPPED: models/ is not there");
    return;
  }
  const ScratchFolder data, out;
  const std::string csv = "csv:" + write_shapes(data).string();
  successful(encode(csv, out / "mean") + std::vector<std::string>{"--text-pooling", "mean"});
  successful(encode(csv, out / "max") + std::vector<std::string>{"--text-pooling", "max"});
  successful(
      {"train", out / "mean", "--out", out / "run", "--epochs", "1", "--hidden", "16", "--width", "16", "--json"});
  refused(encode(csv, out / "mean") + std::vector<std::string>{"--text-pooling", "max"},
          {"mean: expected no features", "--overwrite"});
  refused({"eval", out / "run", "--features", out / "max"}, {"expected features by the encoders of this run", "(max)"});
  refused({"eval", out / "run", "--split", "exam"}, {"--split must be", "exam"});
  refused({"map", out / "run", "--out", out / "map.bmp"}, {"map.bmp", ".png"});
  refused({"search", out / "run"}, {"either words or --image"});
  refused({"search", out / "run", "--image", out / "none.jpg"}, {"none.jpg"});
  refused({"examples", out / "run", "--out", out / "no" / "folder.html"}, {"folder.html"});

  const std::filesystem::path shard = out / "mean" / "text-00000.safetensors";
  std::string bytes = read_file(shard);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_file(shard, bytes);
  refused({"eval", out / "run"}, {"text-00000.safetensors", "damaged"});
  refused({"train", out / "mean", "--out", out / "again"}, {"text-00000.safetensors", "damaged"});
  CHECK(!std::filesystem::exists(out / "again"));
}

TEST_CASE("an output that cannot be written is an error and not a silence" * doctest::test_suite("slow")) {
  const Outcome outcome = tandem_program({"--version"});
  CHECK(outcome.code == 0);
  const std::string command = program_path() + " --version > /dev/full 2>/dev/null";
  CHECK(WEXITSTATUS(std::system(command.c_str())) == 2);
}
