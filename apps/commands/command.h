// The subcommands. Each function adds one subcommand with its options to the parser and sets the
// callback that runs it.
#pragma once

#include <CLI/CLI.hpp>

namespace tandem::apps {

void add_data_command(CLI::App& app);
void add_fit_command(CLI::App& app);
void add_encode_command(CLI::App& app);
void add_train_command(CLI::App& app);
void add_cca_command(CLI::App& app);
void add_finetune_command(CLI::App& app);
void add_sweep_command(CLI::App& app);
void add_baselines_command(CLI::App& app);
void add_eval_command(CLI::App& app);
void add_correct_command(CLI::App& app);
void add_geometry_command(CLI::App& app);
void add_classify_command(CLI::App& app);
void add_map_command(CLI::App& app);
void add_examples_command(CLI::App& app);
void add_audit_command(CLI::App& app);
void add_figures_command(CLI::App& app);
void add_report_command(CLI::App& app);
void add_search_command(CLI::App& app);
void add_embed_command(CLI::App& app);
void add_scan_command(CLI::App& app);
void add_fetch_command(CLI::App& app);
void add_data_command(CLI::App& app);
void add_ensemble_command(CLI::App& app);
void add_encoders_command(CLI::App& app);
void add_import_command(CLI::App& app);
void add_export_command(CLI::App& app);

/// Adds the command that explains the commands which were added before it.
void add_help_command(CLI::App& app);
/// Adds the command that prints scripts for shells.
void add_completion_command(CLI::App& app);

}  // namespace tandem::apps
