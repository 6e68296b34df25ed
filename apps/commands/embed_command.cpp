#include <c10/util/Exception.h>

#include <chrono>
#include <iostream>
#include <iterator>
#include <memory>

#include "apps/arguments/idle_options.h"
#include "apps/arguments/split_argument.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "apps/terminal/stop_signals.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/model/embedding_job.h"
#include "tandem/readers/folder_data.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/mapped_file.h"

namespace tandem::apps {
namespace {

struct EmbedArguments {
  std::string run;
  std::string text;
  std::string pictures;
  std::string features;
  std::string split = "all";
  std::string side = "image";
  std::string out;
  std::string dtype = "float32";
  int threads = 0;
  bool strict = false;
  bool overwrite = false;
  bool json = false;
};

at::ScalarType type_named(const std::string& dtype) {
  if (dtype == "float16") return at::kHalf;
  return dtype == "bfloat16" ? at::kBFloat16 : at::kFloat;
}

TextLines lines_of(const std::string& file) {
  if (file != "-") return text_lines(read_file(file), file);
  return text_lines(std::string(std::istreambuf_iterator<char>(std::cin), {}), "standard input");
}

/// What the user asked for, and what of it was left out before any embedding.
struct AskedItems {
  EmbeddingItems items;
  std::vector<Defect> left_out;
  std::int64_t blank_lines = 0;
};

AskedItems asked_items(const EmbedArguments& arguments, const Model& model) {
  if (!arguments.text.empty()) {
    TextLines lines = lines_of(arguments.text);
    const std::int64_t blank = lines.blank;
    return {.items = text_items(model, std::move(lines)), .left_out = {}, .blank_lines = blank};
  }
  if (!arguments.features.empty()) {
    const SearchKind side = arguments.side == "image" ? SearchKind::kPictures : SearchKind::kCaptions;
    return {.items = feature_items(model, arguments.features, arguments.split, side), .left_out = {}};
  }
  const bool is_list = std::filesystem::is_regular_file(arguments.pictures);
  const CaptionSet data = is_list ? read_picture_list(arguments.pictures) : read_pictures(arguments.pictures);
  return {.items = picture_items(model, data), .left_out = data.defects};
}

void print_left_out(const AskedItems& asked, const EmbeddingList& list) {
  constexpr std::size_t kShown = 5;
  for (const Defect& defect : asked.left_out) std::cerr << "  note: " << printable_sentence(defect.sentence()) << "\n";
  if (asked.blank_lines > 0) std::cerr << "  note: blank lines were left out: " << asked.blank_lines << "\n";
  if (list.skipped.empty()) return;
  std::cerr << "  left out: " << with_thousands(static_cast<std::int64_t>(list.skipped.size()))
            << " pictures that could not be read\n";
  for (std::size_t i = 0; i < std::min(kShown, list.skipped.size()); ++i)
    std::cerr << "    " << printable_sentence(list.skipped[i].reason) << "\n";
  if (list.skipped.size() > kShown) std::cerr << "    ... --json lists them all\n";
}

Json summary_json(const EmbedArguments& arguments, const AskedItems& asked, const EmbeddingList& list, double seconds) {
  Json skipped = Json::array(), files = Json::array(), left_out = Json::array();
  for (const SkippedImage& one : list.skipped) skipped.push_back({{"id", one.id}, {"reason", one.reason}});
  for (const std::filesystem::path& file : embedding_files(arguments.out)) files.push_back(file.string());
  for (const Defect& defect : asked.left_out)
    left_out.push_back({{"what", defect.what}, {"count", defect.count()}, {"names", defect.places}});
  return {{"out", arguments.out},
          {"files", files},
          {"kind", asked.items.kind},
          {"count", list.ids.size()},
          {"width", list.embeddings.size(1)},
          {"dtype", arguments.dtype},
          {"skipped", skipped},
          {"left_out", left_out},
          {"blank_lines", asked.blank_lines},
          {"seconds", seconds}};
}

void check_arguments(const EmbedArguments& arguments) {
  const int ways = !arguments.text.empty() + !arguments.pictures.empty() + !arguments.features.empty();
  TORCH_CHECK_VALUE(ways == 1, "embed: one of --text, --pictures and --features was needed, got ",
                    ways == 0 ? "none of them" : "several");
  check_embedding_path(arguments.out, type_named(arguments.dtype));
}

void run_embed(const EmbedArguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  check_arguments(arguments);
  const Model model = Model::open(arguments.run, {.threads = arguments.threads});
  const AskedItems asked = asked_items(arguments, model);
  say_if_stopped(parts_of(arguments.out).string() + " keeps what is embedded; go on with: " + command_again());
  EmbeddingList list;
  {
    ProgressStages bars;
    list = embed_to_file(model, asked.items,
                         {.out = arguments.out,
                          .type = type_named(arguments.dtype),
                          .overwrite = arguments.overwrite,
                          .strict = arguments.strict,
                          .stages = bars.stages()});
  }
  print_left_out(asked, list);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (arguments.json) {
    std::cout << json_line(summary_json(arguments, asked, list, seconds)) << "\n";
    return;
  }
  const std::vector<std::filesystem::path> files = embedding_files(arguments.out);
  std::cout << arguments.out << ": " << with_thousands(static_cast<std::int64_t>(list.ids.size())) << " "
            << asked.items.kind << " x " << list.embeddings.size(1) << " " << arguments.dtype;
  if (files.size() > 1) std::cout << "; their ids: " << files.back().string();
  std::cout << "\n";
}

}  // namespace

void add_embed_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("embed", "Write vectors of the shared space for texts or pictures");
  const auto arguments = std::make_shared<EmbedArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--text", arguments->text, "File with one text per line; - reads standard input");
  command->add_option("--pictures", arguments->pictures,
                      "Folder of pictures, with its subfolders, or a text file with one path per line");
  command->add_option("--features", arguments->features, "Features by the same encoders, instead of texts or pictures");
  add_split_option(*command, arguments->split, "--features: ");
  command->add_option("--side", arguments->side, "--features: image or text")
      ->check(CLI::IsMember({"image", "text"}))
      ->capture_default_str();
  command->add_option("--out", arguments->out, "File to write: .npy, .safetensors or .jsonl")->required();
  command->add_option("--dtype", arguments->dtype, "Numbers in the file: float32, float16 or bfloat16 (.safetensors)")
      ->check(CLI::IsMember({"float32", "float16", "bfloat16"}))
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "Threads that encode; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  command->add_flag("--strict", arguments->strict, "Refuse pictures that cannot be read instead of leaving them out");
  command->add_flag("--overwrite", arguments->overwrite, "Replace the file, and parts of other work");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem embed run --text sentences.txt --out sentences.npy\n"
      "  echo \"a dog on a beach\" | tandem embed run --text - --out query.jsonl\n"
      "  tandem embed run --pictures photos --out photos.safetensors --dtype float16\n"
      "  tandem embed run --pictures list.txt --out photos.npy --strict\n"
      "  tandem embed run --features features --split test --side text --out captions.npy\n"
      "\nRows have unit length, so a dot product is the cosine similarity. The ids are line numbers, paths below the\n"
      "folder, or ids of the features: .safetensors has them in its metadata, .jsonl in each line, and .npy in\n"
      "NAME.ids.txt beside it. After an interruption, the same command continues where it stopped.");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--split", "--side"}, "--features", !arguments->features.empty()},
                                   {{"--strict"}, "--pictures", !arguments->pictures.empty()}});
    run_embed(*arguments);
  });
}

}  // namespace tandem::apps
