#include "tandem/model/run_folder.h"

#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include <fstream>

#include "tandem/base/errors.h"
#include "tandem/encoders/encoder_fingerprint.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/training/train_options_json.h"
#include "test_data.h"
#include "training/toy_pairs.h"

using namespace tandem;
using tests::ScratchFolder;
using tests::toy_options;
using tests::toy_pairs;

namespace {

Run toy_run() {
  TrainOptions options = toy_options();
  options.epochs = 1;
  const PairedFeatures train = toy_pairs(64, 10);
  const TrainedHeads trained = train_heads(train, options, [](const auto&, const auto&) { return 12.5; });
  return {.image_heads = trained.image,
          .text_heads = trained.text,
          .logit_scale = trained.logit_scale,
          .best_epoch = 1,
          .dev_recall = 12.5,
          .options = options,
          .data_name = "toy",
          .features_folder = "/nowhere/features",
          .features_plan = "plan",
          .image_encoders = {{.folder = "encoders/image-0",
                              .model_type = "vit",
                              .fingerprint = "aa",
                              .files = {"config.json"},
                              .views = "mean",
                              .width = 24}},
          .text_encoders = {{.folder = "encoders/text-0",
                             .model_type = "bert",
                             .fingerprint = "bb",
                             .files = {"config.json"},
                             .views = "mean",
                             .width = 16}}};
}

}  // namespace

TEST_CASE("a run comes back with the same heads and options") {
  const ScratchFolder folder;
  const Run run = toy_run();
  write_run(folder.path(), run);
  const Run opened = open_run(folder.path());
  const PairedFeatures pairs = toy_pairs(20, 11);
  CHECK(at::equal(embed_all(opened.image_heads, pairs.image), embed_all(run.image_heads, pairs.image)));
  CHECK(at::equal(embed_all(opened.text_heads, pairs.text), embed_all(run.text_heads, pairs.text)));
  CHECK(opened.logit_scale == run.logit_scale);
  CHECK(opened.options.seed == run.options.seed);
  CHECK(opened.options.text_head.hidden_width == 32);
  CHECK(opened.text_encoders[0].fingerprint == "bb");
}

TEST_CASE("weights of an ensemble and settings of solved heads come back, in a version of their own") {
  const ScratchFolder folder;
  const Run one = toy_run();
  const auto version = [&] { return read_checked_json(folder / kRunName).at("version"); };
  Run both = one;
  both.image_heads = HeadEnsemble({one.image_heads.members()[0], one.image_heads.members()[0]}, {1, 1});
  both.text_heads = HeadEnsemble({one.text_heads.members()[0], one.text_heads.members()[0]}, {1, 1});
  both.members = {members_of(one)[0], members_of(one)[0]};
  write_run(folder.path(), both);
  CHECK(version() == 3);
  CHECK(open_run(folder.path()).image_heads.weights() == std::vector<double>{0.5, 0.5});
  both.image_heads = HeadEnsemble(both.image_heads.members(), {1, 3});
  both.text_heads = HeadEnsemble(both.text_heads.members(), {1, 3});
  both.members[1].cca = CcaSettings{.regularisation = 0.3, .power = 0.5};
  both.weights_chosen_on_dev = true;
  write_run(folder.path(), both);
  CHECK(version() == 4);
  const Run opened = open_run(folder.path());
  CHECK(opened.text_heads.weights() == std::vector<double>{0.25, 0.75});
  CHECK(opened.weights_chosen_on_dev);
  CHECK(!opened.members[0].cca);
  CHECK(opened.members[1].cca == both.members[1].cca);
  Run solved = one;
  solved.cca = CcaSettings{.regularisation = 2, .power = 0};
  write_run(folder.path(), solved);
  CHECK(version() == 4);
  CHECK(open_run(folder.path()).cca == solved.cca);
  CHECK(members_of(open_run(folder.path()))[0].cca == solved.cca);
  write_run(folder.path(), one);
  CHECK(version() == 2);
}

TEST_CASE("damage to any file of a run is noticed") {
  const ScratchFolder folder;
  write_run(folder.path(), toy_run());
  for (const char* name : {kHeadsName, kRunName}) {
    const std::string whole = read_file(folder / name);
    std::string flipped = whole;
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
    write_file(folder / name, flipped);
    CHECK_THROWS_AS(open_run(folder.path()), FileError);
    write_file(folder / name, whole);
  }
  CHECK_NOTHROW(open_run(folder.path()));
}

TEST_CASE("heads of another run under the same name are noticed") {
  const ScratchFolder folder, other;
  Run run = toy_run();
  write_run(folder.path(), run);
  run.options.seed = 9;
  run.image_heads = run.text_heads;
  run.options.image_head = run.options.text_head;
  write_run(other.path(), run);
  std::filesystem::copy_file(other / kHeadsName, folder / kHeadsName,
                             std::filesystem::copy_options::overwrite_existing);
  CHECK_THROWS_WITH_AS(open_run(folder.path()), doctest::Contains("the heads that run.json was written with"),
                       FileError);
}

TEST_CASE("a folder that is no run is refused in words") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(open_run(folder / "none"), doctest::Contains("found nothing of that name"), FileError);
  CHECK_THROWS_WITH_AS(open_run(folder.path()), doctest::Contains("was training interrupted?"), FileError);
}

TEST_CASE("features by other encoders are refused with both named") {
  const Run run = toy_run();
  FeatureManifest manifest;
  manifest.image_encoders = run.image_encoders;
  manifest.text_encoders = run.text_encoders;
  CHECK_NOTHROW(check_same_encoders(run, manifest, "features"));
  manifest.text_encoders[0].views = "max";
  CHECK_THROWS_WITH_AS(check_same_encoders(run, manifest, "features"),
                       doctest::Contains("bert bb (mean), found features by vit aa (mean) + bert bb (max)"), FileError);
}

namespace {

/// Two files of an encoder in FOLDER/vit, and how features would remember them.
std::vector<EncoderRecord> small_record(const ScratchFolder& folder) {
  make_folder(folder / "vit" / "1_Pooling");
  write_file(folder / "vit" / "config.json", "{}");
  write_file(folder / "vit" / "1_Pooling" / "config.json", "{1}");
  make_folder(folder / "run");
  const std::vector<std::string> files = {"config.json", "1_Pooling/config.json"};
  return {{.folder = folder / "vit",
           .model_type = "vit",
           .fingerprint = encoder_fingerprint(folder / "vit", files, Precision::kFloat32),
           .files = files,
           .views = "mean",
           .width = 1}};
}

}  // namespace

TEST_CASE("a run carries copies of its encoders") {
  const ScratchFolder folder;
  const std::vector<EncoderRecord> records = small_record(folder);
  const auto carried = carry_encoders(folder / "run", "image", records);
  CHECK(carried[0].folder == "encoders/image-0");
  const std::filesystem::path copy = folder / "run" / carried[0].folder / "config.json";
  std::fstream(folder / "vit" / "config.json", std::ios::in | std::ios::out) << "[]";  // in place, as an editor may
  CHECK(read_file(copy) == "{}");
  CHECK(std::filesystem::hard_link_count(copy) == 1);
  std::filesystem::remove_all(folder / "vit");
  CHECK(read_file(folder / "run" / carried[0].folder / "1_Pooling" / "config.json") == "{1}");
  CHECK_THROWS_WITH_AS(carry_encoders(folder / "run", "image", records),
                       doctest::Contains("a file of the encoder that made the features"), FileError);
}

TEST_CASE("an encoder that has changed since it made the features is not carried") {
  const ScratchFolder folder;
  std::vector<EncoderRecord> records = small_record(folder);
  write_file(folder / "vit" / "config.json", "{ }");
  CHECK_THROWS_WITH_AS(carry_encoders(folder / "run", "image", records), doctest::Contains("its files have changed"),
                       FileError);
  CHECK(std::filesystem::is_empty(folder / "run"));
  write_file(folder / "vit" / "config.json", "{}");
  CHECK_NOTHROW(carry_encoders(folder / "run", "image", records));
  records[0].precision = Precision::kBFloat16;  // the same files, but not the arithmetic of that fingerprint
  CHECK_THROWS_AS(carry_encoders(folder / "run", "image", records), FileError);
}

TEST_CASE("a record's names reach nothing outside the run, and never through a link") {
  const ScratchFolder folder;
  std::vector<EncoderRecord> records = small_record(folder);
  write_file(folder / "precious", "mine");
  write_file(folder / "evil", "theirs");
  records[0].folder = folder / "vit" / "1_Pooling";
  for (const std::string& name :
       {std::string("../../precious"), std::string("../../../evil"), (folder / "precious").string()}) {
    records[0].files = {name};
    std::error_code ignored;
    records[0].fingerprint = std::filesystem::exists(records[0].folder / name, ignored)
                                 ? encoder_fingerprint(records[0].folder, {name}, Precision::kFloat32)
                                 : "";
    CHECK_THROWS_AS(carry_encoders(folder / "run", "image", records), FileError);
  }
  std::filesystem::remove_all(folder / "run" / "encoders");
  make_folder(folder / "mine" / "image-0");
  write_file(folder / "mine" / "image-0" / "config.json", "kept");
  std::filesystem::create_directory_symlink(folder / "mine", folder / "run" / "encoders");
  CHECK_THROWS_WITH_AS(carry_encoders(folder / "run", "image", small_record(folder)), doctest::Contains("found a link"),
                       FileError);
  CHECK(read_file(folder / "mine" / "image-0" / "config.json") == "kept");
  CHECK(read_file(folder / "precious") == "mine");
}

TEST_CASE("a run whose encoders lie outside by a name that climbs is refused") {
  const ScratchFolder folder;
  write_run(folder.path(), toy_run());
  const Json whole = read_checked_json(folder / kRunName);
  for (const char* place : {"../vit", "encoders/../../vit", "", "a\\b"}) {
    Json json = whole;
    json["image_encoders"][0]["folder"] = place;
    write_checked_json(folder / kRunName, json);
    CHECK_THROWS_WITH_AS(
        open_run(folder.path()),
        doctest::Contains(
            "run.json: expected an encoder's folder with an absolute path, or a relative one that stays in its folder"),
        FileError);
  }
  Json json = whole;
  json["text_encoders"][0]["files"] = {"config.json", "../config.json"};
  write_checked_json(folder / kRunName, json);
  CHECK_THROWS_WITH_AS(
      open_run(folder.path()),
      doctest::Contains(
          "run.json: expected an encoder's file whose name stays in its folder, found \"../config.json\""),
      FileError);
}

TEST_CASE("options of every loss come back from JSON, and older runs trained by info-nce") {
  TrainOptions options;
  options.loss = {
      .kind = LossKind::kSoftTarget, .label_smoothing = 0.25, .margin = 0.5, .soft_weight = 0.75, .soft_scale = 3};
  options.learn_scale = false;
  options.initial_bias = -2;
  Json json = to_json(options);
  CHECK(to_json(train_options_from_json(json, "run.json")) == json);
  json.at("loss").at("kind") = "triplet";
  CHECK_THROWS_WITH_AS(train_options_from_json(json, "run.json"),
                       doctest::Contains("a loss of a known kind, found \"triplet\""), FileError);
  for (const char* name : {"loss", "learn_scale", "initial_bias"}) json.erase(name);
  CHECK(train_options_from_json(json, "run.json").loss.kind == LossKind::kInfoNce);
}
