// tandem: one program from captioned pictures to a measured model of both.
#include <c10/util/Exception.h>

#include <exception>
#include <iostream>
#include <string>

#include "apps/arguments/number_arguments.h"
#include "apps/commands/command.h"
#include "apps/terminal/bus_error.h"
#include "apps/terminal/stop_signals.h"
#include "apps/terminal/usage_error.h"
#include "apps/terminal/version.h"
#include "tandem/base/errors.h"
#include "tandem/base/freed_memory.h"
#include "tandem/base/printable.h"
#include "tandem/base/stop.h"

namespace {

// Exit codes, as the README states them.
constexpr int kBadInput = 2;

constexpr std::size_t kLongestComplaint = 8192;

int complain(const std::string& message, int code) {
  std::cerr << "tandem: " << tandem::printable_sentence(message, kLongestComplaint) << "\n";
  return code;
}

/// A full disk behind `> file` must not pass for success.
int finished() {
  std::cout.flush();
  return std::cout ? 0 : complain("standard output: expected room for the whole answer, found none", kBadInput);
}

}  // namespace

int main(int argc, char** argv) {
  tandem::keep_freed_memory();
  tandem::apps::watch_stop_signals(argc, argv);
  tandem::apps::explain_bus_errors();
  CLI::App app{"tandem learns one embedding space for pictures and their captions from two pretrained encoders."};
  app.set_version_flag("--version", tandem::apps::version_text());
  app.require_subcommand(1);
  app.footer(
      "Typical steps:\n"
      "  tandem data flickr8k:DIR                            what is in the data, and what is wrong with it\n"
      "  tandem encode --data flickr8k:DIR --out features    encode pictures and captions once\n"
      "  tandem train features --out run                     learn the shared space in seconds\n"
      "  tandem cca features --out linear                    the same in closed form, nothing to train\n"
      "  tandem ensemble run linear --out both --weights dev one model made of several\n"
      "  tandem finetune run --out tuned --lora 8            train the encoders further\n"
      "  tandem eval run                                     recall@k both ways\n"
      "  tandem correct run                                  fit a correction for hubs, which eval and search "
      "then use\n"
      "  tandem geometry run                                 gap, uniformity, rank, calibration\n"
      "  tandem classify run --data cifar10:DIR              classes by their names alone\n"
      "  tandem map run --out map.html                       look at the space\n"
      "  tandem examples run --out examples.html             best and worst aligned pairs\n"
      "  tandem audit run --out audit.html                   wrong, ambiguous and hub captions\n"
      "  tandem figures run --out figures                    the same in figures for print\n"
      "  tandem search run \"a dog on a beach\"                find pictures by words\n"
      "\nMore data, more encoders, features from elsewhere:\n"
      "  tandem fetch flickr8k                               get a data set; 'tandem fetch --list' lists them\n"
      "  tandem fetch hf:ORG/NAME                            get one from the Hugging Face hub\n"
      "  tandem encoders                                     which are on this machine\n"
      "  tandem import --image A.npy --text B.npy --out features\n"
      "\n'tandem COMMAND --help' explains each. Exit codes: 0 done; 2 bad input (one sentence tells what is "
      "wrong); 130 and\n"
      "143 stopped by SIGINT and SIGTERM (one sentence tells how to continue); 1 any other error.");
  tandem::apps::add_data_command(app);
  tandem::apps::add_encode_command(app);
  tandem::apps::add_train_command(app);
  tandem::apps::add_cca_command(app);
  tandem::apps::add_ensemble_command(app);
  tandem::apps::add_finetune_command(app);
  tandem::apps::add_sweep_command(app);
  tandem::apps::add_baselines_command(app);
  tandem::apps::add_eval_command(app);
  tandem::apps::add_correct_command(app);
  tandem::apps::add_geometry_command(app);
  tandem::apps::add_classify_command(app);
  tandem::apps::add_map_command(app);
  tandem::apps::add_examples_command(app);
  tandem::apps::add_audit_command(app);
  tandem::apps::add_figures_command(app);
  tandem::apps::add_report_command(app);
  tandem::apps::add_search_command(app);
  tandem::apps::add_scan_command(app);
  tandem::apps::add_fetch_command(app);
  tandem::apps::add_encoders_command(app);
  tandem::apps::add_import_command(app);
  tandem::apps::add_export_command(app);
  tandem::apps::read_numbers_strictly(app);
  try {
    app.parse(argc, argv);
    return finished();
  } catch (const CLI::RuntimeError& error) {  // A command that has said all it has to say.
    const int unwritten = finished();
    return unwritten == 0 ? error.get_exit_code() : unwritten;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error) == 0 ? finished() : kBadInput;  // --help or --version
    std::cerr << tandem::printable_sentence(tandem::apps::usage_sentence(app, error), kLongestComplaint) << "\n";
    return kBadInput;
  } catch (const tandem::Stopped&) {
    return tandem::apps::say_stopped();
  } catch (const tandem::FileError& error) {
    return complain(error.what(), kBadInput);
  } catch (const c10::ValueError& error) {
    return complain(error.what_without_backtrace(), kBadInput);
  } catch (const std::exception& error) {
    int code = 1;
    const std::string sentence = tandem::apps::unexpected_sentence(error, code);
    return complain(sentence, code);
  }
}
