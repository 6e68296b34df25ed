// The half of `tandem fetch` that gets data sets.
#pragma once

#include <string>

#include "tandem/fetching/datasets/fetch_dataset.h"
#include "tandem/storage/json_file.h"

namespace tandem::apps {

struct FetchDataArguments {
  DatasetRequest request;
  std::string out;     ///< empty: the data set's name, here
  std::string mirror;  ///< empty: TANDEM_MIRROR, or the data set's home
  bool yes = false;    ///< the terms of use are agreed to
  int connections = 8;
};

/// Shows the terms of use, asks for consent where the owners do, fetches, and says what came.
/// Returns the answer for --json.
/// Throws FileError also if consent is wanted and not given.
Json fetch_data(const std::string& name, const FetchDataArguments& arguments);

/// What is known of every data set, as a table, or a JSON object.
void print_datasets(bool json);

}  // namespace tandem::apps
