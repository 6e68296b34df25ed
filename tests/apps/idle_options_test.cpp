#include "apps/program.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

/// The command line, given word by word, and what is said of it.
struct Idle {
  Words words;
  std::string said;
};

Words beside(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("an option that means nothing to what was chosen is refused by name before anything is opened" *
          doctest::test_suite("slow")) {
  const Words train = {"train", "no-features", "--out", "no-run"};
  const Words finetune = {"finetune", "no-run", "--out", "no-tuned"};
  const Words map = {"map", "no-run", "--out", "no.png"};
  const Words audit = {"audit", "no-run", "--csv", "no.csv"};
  const Words eval = {"eval", "no-run"};
  const std::vector<Idle> all = {
      {beside(train, {"--loss", "dcl", "--label-smoothing", "0.3"}),
       "train: --label-smoothing goes with --loss info-nce, got --loss dcl"},
      {beside(train, {"--margin", "0.9"}),
       "train: --margin goes with --loss hinge-max or hinge-sum, got --loss info-nce"},
      {beside(train, {"--loss", "siglip", "--soft-weight", "0.2"}),
       "train: --soft-weight goes with --loss soft-target, got --loss siglip"},
      {beside(train, {"--soft-scale", "3"}), "train: --soft-scale goes with --loss soft-target"},
      {beside(train, {"--bias", "-3"}), "train: --bias goes with --loss siglip, got --loss info-nce"},
      {beside(train, {"--loss", "hinge-sum", "--scale", "20"}),
       "train: --scale goes with --loss another than hinge-max and hinge-sum, got --loss hinge-sum"},
      {beside(train, {"--loss", "hinge-max", "--largest-scale", "20"}), "train: --largest-scale goes with"},
      {beside(train, {"--loss", "hinge-max", "--fixed-scale"}), "train: --fixed-scale goes with"},
      {beside(train, {"--head", "linear", "--hidden", "64"}),
       "train: --hidden goes with --head mlp or glu, got --head linear"},
      {beside(train, {"--head", "linear", "--dropout", "0.5"}),
       "train: --dropout goes with --head mlp or glu, got --head linear"},
      {beside(train, {"--head", "glu", "--blocks", "2"}), "train: --blocks goes with --head mlp, got --head glu"},
      {beside(train, {"--shrinkage", "0.2"}),
       "train: --shrinkage goes with --scaling pca or zca, got --scaling standardise"},
      {beside(train, {"--pooling", "gpo", "--queries", "2"}),
       "train: --queries goes with --pooling attention, got --pooling gpo"},
      {beside(train, {"--structure-levels", "2"}), "train: --structure-levels goes with --structure above 0"},
      {beside(train, {"--structure", "0", "--structure-temperature", "2"}),
       "train: --structure-temperature goes with --structure above 0"},
      {beside(train, {"--no-dev", "--patience", "2"}),
       "train: --patience goes with dev pictures to measure on, got --no-dev"},
      {beside(finetune, {"--unfreeze-last", "1", "--lora-targets", "all"}),
       "finetune: --lora-targets goes with --lora RANK"},
      {beside(finetune, {"--unfreeze-last", "1", "--lora-alpha", "2"}), "finetune: --lora-alpha goes with --lora RANK"},
      {{"cca", "no-features", "--out", "no-run", "--seed", "9"}, "cca: --seed goes with --shuffled"},
      {{"ensemble", "a", "b", "--out", "c", "--no-dev", "--features", "d"},
       "ensemble: --features goes with members measured on dev, got --no-dev"},
      {{"sweep", "no-features", "--grid", "no.toml", "--out", "no-sweep", "--random-seed", "3"},
       "sweep: --random-seed goes with --random N"},
      {beside(map, {"--method", "pca", "--perplexity", "5"}),
       "map: --perplexity goes with a new map by --method tsne, got --method pca"},
      {beside(map, {"--method", "pca", "--seed", "5"}), "map: --seed goes with a new map by --method tsne"},
      {beside(map, {"--onto", "old.safetensors", "--method", "pca"}),
       "map: --method goes with a new map, got --onto old.safetensors"},
      {beside(map, {"--onto", "old.safetensors", "--close-gap"}), "map: --close-gap goes with a new map"},
      {beside(audit, {"--split", "dev", "--folds", "3"}),
       "audit: --folds goes with --split train or all, got --split dev"},
      {beside(audit, {"--epochs", "3"}), "audit: --epochs goes with --split train or all, got --split test"},
      {beside(audit, {"--count", "3"}), "audit: --count goes with --out or --json"},
      {beside(eval, {"--against-features", "f"}), "eval: --against-features goes with --against RUN"},
      {beside(eval, {"--samples", "0", "--seed", "3"}), "eval: --seed goes with --samples above 0, got --samples 0"},
      {{"eval", "--image-embeddings", "a.npy", "--text-embeddings", "b.npy", "--split", "dev"},
       "eval: --split goes with a RUN, got embeddings"},
      {{"classify", "no-run", "-k", "3"}, "classify: -k goes with pictures by name"},
      {{"classify", "no-run", "a.jpg", "--split", "dev"},
       "classify: --split goes with --data or --features, got pictures by name"},
      {{"classify", "no-run", "--dark"}, "classify: --dark goes with --confusion FILE"},
      {{"scan", "--data", "csv:no.csv", "--image-encoder", "a", "--text-encoder", "b", "--json", "--top", "3"},
       "scan: --top goes with the table, got --json"},
      {{"fetch", "--list", "flickr8k"}, "fetch: names goes with fetching, got --list"},
      {{"fetch", "hf:a/b", "--out", "x"}, "fetch: --out goes with the name of a data set"},
      {{"fetch", "coco-captions", "--connections", "3"}, "fetch: --connections goes with --limit N"},
      {{"fetch", "flickr8k", "--update"}, "fetch: --update goes with the name of a model, hf:ORG/NAME"},
      {{"data", "csv:no.csv", "--resize", "64"}, "data: --resize goes with --to"},
      {{"data", "csv:no.csv", "--to", "csv:other.csv", "--shard-size", "64"},
       "data: --shard-size goes with --to webdataset:SHARDS, got --to csv:other.csv"},
      {{"data", "csv:no.csv", "--to", "csv:other.csv", "--html", "a.html"},
       "data: --html goes with examining the data, got --to csv:other.csv"},
      {{"data", "csv:no.csv", "--templates", "a.txt"},
       "data: --templates goes with data with classes alone, got csv:no.csv"},
      {{"data", "csv:no.csv", "--data-seed", "3"},
       "data: --data-seed goes with --limit, --per-category or data with classes alone"}};
  for (const Idle& idle : all) refused(idle.words, {idle.said});
}
