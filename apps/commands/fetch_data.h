// The part of `tandem fetch` that fetches data sets.
#pragma once

#include <string>

#include "tandem/fetching/datasets/fetch_dataset.h"
#include "tandem/storage/json_file.h"

namespace tandem::apps {

struct FetchDataArguments {
  DatasetRequest request;
  std::string out;      ///< empty: a folder with the data set's name in the current folder
  std::string mirror;   ///< empty: TANDEM_MIRROR, or else the data set's home
  bool yes = false;     ///< the user agrees to the terms of use
  int connections = 8;  ///< number of pictures fetched at once
};

/// Shows the terms of use, asks for consent if the owners require it, fetches the data set, and
/// prints what was fetched. Returns the object for --json.
/// Throws FileError if the data set cannot be fetched, or if consent is required and not given.
Json fetch_data(const std::string& name, const FetchDataArguments& arguments);

/// Prints the list of data sets with sizes, homes, hashes and terms, as a table or as a JSON
/// object.
void print_datasets(bool json);

}  // namespace tandem::apps
