// `tandem data SPEC --to OTHER`: the same captioned pictures in another layout.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "apps/arguments/data_arguments.h"

namespace tandem::apps {

struct WritingArguments {
  std::string to;  ///< empty: nothing is written
  std::int64_t resize = 0;
  std::int64_t shard_size = 1000;
  bool replace = false;
};

/// --to, --resize, --shard-size and --replace.
void add_writing_arguments(CLI::App& command, WritingArguments& arguments);

/// Reads the data, makes splits by content where it came without, writes it and says what was
/// written, as text or as JSON. With `strict`, what cannot be read is refused.
void write_data(DataArguments data, const WritingArguments& arguments, int threads, bool strict, bool json);

}  // namespace tandem::apps
