#include "apps/help/option_groups.h"

#include <algorithm>
#include <map>

namespace tandem::apps {
namespace {

using Names = std::vector<std::string>;

struct OptionGroup {
  std::string title;
  Names options;
};

/// An option of the same name means nearly the same in all commands, so one table serves all.
const std::vector<OptionGroup>& groups_of_options() {
  static const std::vector<OptionGroup> groups = {
      {"Data",
       {"--data", "--limit", "--per-category", "--data-seed", "--templates", "--image-column", "--caption-column",
        "--split-column", "--label-column", "--delimiter", "--pictures", "--split", "--gallery-split", "--features",
        "--against-features", "--coco-captions", "--strict", "--no-pixels"}},
      {"Encoders",
       {"--image-encoder", "--text-encoder", "--image-pooling", "--text-pooling", "--dtype", "--image-tokens",
        "--text-tokens"}},
      {"Writing", {"--to", "--resize", "--shard-size", "--replace", "--variant", "--mirror", "--connections"}},
      {"Heads",
       {"--head", "--width", "--hidden", "--blocks", "--dropout", "--noise", "--scaling", "--shrinkage", "--pooling",
        "--queries"}},
      {"Loss",
       {"--loss", "--label-smoothing", "--margin", "--soft-weight", "--soft-scale", "--scale", "--largest-scale",
        "--fixed-scale", "--bias", "--structure", "--structure-levels", "--structure-temperature"}},
      {"Steps",
       {"--epochs", "--batch-size", "--chunk-size", "--optimizer", "--learning-rate", "--head-learning-rate",
        "--weight-decay", "--schedule", "--warm-up", "--clip", "--average", "--patience", "--mixup", "--no-dev",
        "--shuffled", "--seed"}},
      {"Low-rank changes", {"--lora-alpha", "--lora-layers", "--lora-targets"}},
      {"Checkpoints and memory",
       {"--checkpoint-seconds", "--checkpoint-steps", "--checkpointing", "--chunk", "--memory-mib"}},
      {"Embeddings from elsewhere",
       {"--image-embeddings", "--text-embeddings", "--image-of-text", "--ids", "--captions", "--image-of-caption",
        "--more-image-embeddings", "--more-text-embeddings", "--name", "--made-by"}},
      {"Measuring",
       {"--protocol", "-k", "--samples", "--against", "--slices", "--slice-words", "--right-answers", "--correction",
        "--transductive", "--folds", "--plant", "--neighbours", "--sample", "--by", "--top"}},
      {"Drawing",
       {"--method", "--perplexity", "--iterations", "--close-gap", "--frames", "--frames-every", "--save", "--onto",
        "--verdicts", "--dark", "--format", "--pairs", "--map-pairs", "--largest-k", "--histogram", "--confusion"}},
      {"Output",
       {"--out", "--html", "--csv", "--ranks", "--rankings", "--rankings-format", "--rankings-depth", "--tensorboard",
        "--overwrite", "--json", "--fingerprint"}},
      {"Machine", {"--threads", "--device", "--jobs", "--peer-timeout"}},
  };
  return groups;
}

const std::map<std::string, Names>& tables_of_essentials() {
  static const std::map<std::string, Names> essentials = {
      {"fit",
       {"--out", "--quick", "--best", "--config", "--image-encoder", "--text-encoder", "--limit", "--seed", "--threads",
        "--device", "--overwrite", "--json"}},
      {"report", {"--out", "--split", "--features", "--json"}},
      {"embed",
       {"--text", "--pictures", "--out", "--features", "--side", "--split", "--threads", "--overwrite", "--json"}},
      {"data", {"--limit", "--html", "--no-pixels", "--strict", "--to", "--resize", "--threads", "--json"}},
      {"encode",
       {"--data", "--out", "--image-encoder", "--text-encoder", "--image-pooling", "--text-pooling", "--limit",
        "--device", "--threads", "--strict", "--overwrite", "--json"}},
      {"train",
       {"--out", "--resume", "--seed", "--epochs", "--batch-size", "--learning-rate", "--loss", "--head", "--width",
        "--device", "--threads", "--overwrite", "--json"}},
      {"finetune",
       {"--out", "--tower", "--unfreeze-last", "--lora", "--epochs", "--batch-size", "--learning-rate", "--seed",
        "--device", "--threads", "--overwrite", "--json"}},
      {"eval",
       {"--split", "--features", "--gallery-split", "-k", "--against", "--slices", "--strict", "--correction",
        "--ranks", "--image-embeddings", "--text-embeddings", "--json"}},
      {"classify", {"--classes", "--templates", "--data", "--features", "--split", "--confusion", "-k", "--json"}},
      {"map",
       {"--out", "--split", "--limit", "--method", "--perplexity", "--close-gap", "--onto", "--features", "--pictures",
        "--verdicts", "--seed", "--json"}},
      {"audit", {"--out", "--csv", "--split", "--features", "--count", "--seed", "--threads", "--json"}},
      {"figures", {"--out", "--format", "--dark", "--split", "--method", "--pairs", "--queries", "--json"}},
      {"search",
       {"--image", "--id", "-k", "--for", "--split", "--features", "--data", "--html", "--pictures", "--correction",
        "--json"}},
      {"scan",
       {"--data", "--image-encoder", "--text-encoder", "--limit", "--sample", "--by", "--top", "--device", "--threads",
        "--json"}},
      {"fetch", {"--list", "--out", "--limit", "--yes", "--update", "--json"}},
      {"import",
       {"--image", "--text", "--out", "--ids", "--captions", "--image-of-caption", "--split", "--overwrite", "--json"}},
  };
  return essentials;
}

}  // namespace

const std::vector<std::string>& essential_options(const std::string& command) {
  static const Names none;
  const auto found = tables_of_essentials().find(command);
  return found == tables_of_essentials().end() ? none : found->second;
}

std::string option_name(const CLI::Option& option) {
  if (!option.get_lnames().empty()) return "--" + option.get_lnames().front();
  return option.get_snames().empty() ? option.get_name(true) : "-" + option.get_snames().front();
}

std::string option_group(const CLI::Option& option) {
  if (option.get_group() != "Options") return option.get_group();
  const std::string name = option_name(option);
  for (const OptionGroup& group : groups_of_options()) {
    if (std::find(group.options.begin(), group.options.end(), name) != group.options.end()) return group.title;
  }
  return "Other options";
}

const std::vector<std::string>& option_group_titles() {
  static const Names titles = [] {
    Names all;
    for (const OptionGroup& group : groups_of_options()) all.push_back(group.title);
    return all;
  }();
  return titles;
}

bool is_everyday_option(const std::string& name) {
  return name == "--help" || name == "--help-all" || name == "--quiet" || name == "--verbose" || name == "--log";
}

}  // namespace tandem::apps
