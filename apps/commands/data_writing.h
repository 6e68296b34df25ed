// `tandem data SPEC --to OTHER`: writes the same captioned pictures in another layout.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "apps/arguments/data_arguments.h"

namespace tandem::apps {

struct WritingArguments {
  std::string to;                  ///< empty: nothing is written
  std::int64_t resize = 0;         ///< pixels of the shorter side, if it is longer; 0: the bytes stay as they are
  std::int64_t shard_size = 1000;  ///< pictures per shard of a webdataset
  bool replace = false;            ///< write over existing files
};

/// Adds --to, --resize, --shard-size and --replace. `arguments` must outlive the command.
void add_writing_arguments(CLI::App& command, WritingArguments& arguments);

/// Reads the data, makes splits by content if the data have none, and writes the data. Prints what
/// was written, as text or as JSON. With `strict`, it throws if a picture or a line cannot be read.
void write_data(DataArguments data, const WritingArguments& arguments, int threads, bool strict, bool json);

}  // namespace tandem::apps
