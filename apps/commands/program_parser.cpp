#include "apps/commands/program_parser.h"

#include "apps/arguments/number_arguments.h"
#include "apps/commands/command.h"
#include "apps/help/everyday_options.h"
#include "apps/help/help_page.h"

namespace tandem::apps {

void build_program_parser(CLI::App& program) {
  program.description(
      "tandem learns one embedding space for pictures and their captions from two pretrained encoders.");
  program.require_subcommand(1);
  program.set_help_flag("-h,--help", "Print this help and exit");
  program.set_help_all_flag("--help-all", "Print help with all options and exit");
  program.formatter(help_formatter());
  program.footer(
      "Usual steps:\n"
      "  tandem fit flickr8k:DIR --out model                  from pictures to a measured model, all in one\n"
      "  tandem search model \"a dog on a beach\"               find pictures by words\n"
      "  tandem map model --out map.html                      look at the space\n"
      "\nThe same step by step:\n"
      "  tandem data flickr8k:DIR                             what is in the data and what is wrong there\n"
      "  tandem encode --data flickr8k:DIR --out features     encode pictures and captions once\n"
      "  tandem train features --out run                      learn the shared space in seconds\n"
      "  tandem cca features --out linear                     the same in closed form\n"
      "  tandem ensemble run linear --out both --weights dev  one model made of several\n"
      "  tandem correct run                                   fit a correction for hubs\n"
      "  tandem eval run                                      recall@k both ways\n"
      "  tandem map run --out map.html                        look at the space\n"
      "  tandem examples run --out examples.html              best and worst aligned pairs\n"
      "  tandem audit run --out audit.html                    wrong, ambiguous and hub captions\n"
      "\nMore data, more encoders, features from elsewhere:\n"
      "  tandem fetch flickr8k                                a data set; 'tandem fetch --list' lists them\n"
      "  tandem fetch hf:ORG/NAME                             an encoder from the Hugging Face hub\n"
      "  tandem import --image A.npy --text B.npy --out features\n"
      "\n'tandem help COMMAND' explains a command, 'tandem COMMAND --help-all' shows all its options. Exit codes: 0 "
      "done; 2 bad input (one sentence tells what is wrong) or no command; 130 and 143 stopped by SIGINT and SIGTERM "
      "(one sentence tells how to go on); 1 any other error. Errors are red on a terminal; NO_COLOR=1 turns colours "
      "off.");
  add_data_command(program);
  add_fit_command(program);
  add_encode_command(program);
  add_train_command(program);
  add_cca_command(program);
  add_ensemble_command(program);
  add_finetune_command(program);
  add_sweep_command(program);
  add_baselines_command(program);
  add_eval_command(program);
  add_correct_command(program);
  add_geometry_command(program);
  add_classify_command(program);
  add_map_command(program);
  add_examples_command(program);
  add_audit_command(program);
  add_figures_command(program);
  add_report_command(program);
  add_search_command(program);
  add_embed_command(program);
  add_scan_command(program);
  add_fetch_command(program);
  add_encoders_command(program);
  add_import_command(program);
  add_export_command(program);
  add_completion_command(program);
  add_help_command(program);  // explains those before it
  add_everyday_options(program);
  read_numbers_strictly(program);
}

}  // namespace tandem::apps
