#include <iostream>
#include <memory>

#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/reports/correction_fit_report.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct CorrectArguments {
  std::string run;
  std::string features;
  std::string method = "auto";
  std::int64_t bank = 8192;
  bool json = false;
};

CorrectionFit fitted(const CorrectArguments& arguments) {
  ProgressStages bars;
  return fit_run_correction(arguments.run, arguments.features,
                            {.method = correction_named(arguments.method), .bank_rows = arguments.bank}, bars.stages());
}

void run_correct(const CorrectArguments& arguments) {
  const CorrectionFit fit = fitted(arguments);
  if (arguments.json) {
    std::cout << json_text(correction_fit_json(fit, arguments.run)) << "\n";
  } else {
    print_correction_fit(fit, arguments.run, std::cout);
  }
}

}  // namespace

void add_correct_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "correct", "Fit a correction for hubs: candidates that are among the answers to very many queries");
  const auto arguments = std::make_shared<CorrectArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command
      ->add_option("--method", arguments->method,
                   "nnn, csls or inverted-softmax: fit only this one, and eval and search use it; auto: fit all, "
                   "and they use the best on dev, or none")
      ->check(CLI::IsMember({"auto", "nnn", "csls", "inverted-softmax"}))
      ->capture_default_str();
  command
      ->add_option("--bank", arguments->bank,
                   "At most this many training pictures, and captions, to compare with; the run keeps them")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem correct run\n"
      "  tandem correct run --method nnn --bank 2000\n"
      "  tandem eval run --correction csls                          # where csls was fitted\n"
      "  tandem search run \"a dog on a beach\" --correction none\n"
      "\nMethods are fitted with banks of training queries, and their settings are chosen on dev. RUN/hubness.json "
      "and\n"
      "RUN/hubness.safetensors hold the result.");
  command->callback([arguments] { run_correct(*arguments); });
}

}  // namespace tandem::apps
