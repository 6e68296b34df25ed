// The data sets that can be fetched: where they live, what their owners ask, which hashes they
// publish.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// One archive of a data set.
struct DatasetArchive {
  std::string path;                    ///< below the home: "zips/val2017.zip"
  std::string variant = {};            ///< "val": wanted only if that is; empty: always
  int size_megabytes = 0;              ///< about; for people
  std::string md5 = {};                ///< as its owners publish it; empty: they publish none
  std::vector<std::string> keep = {};  ///< beginnings of the members that are unpacked; empty: all
  bool pictures = false;               ///< its pictures can also be fetched one by one, from HOME/VARIANT2017/NAME
};

struct KnownDataset {
  std::string name;                        ///< as `tandem fetch` takes it
  std::string home;                        ///< address that the archives' paths are below
  std::string terms;                       ///< of use, in a few sentences, with whom to cite
  bool asks_consent = false;               ///< its owners give it only to those who agree
  std::vector<std::string> variants = {};  ///< the first is taken if none is named; empty: there is but one
  std::vector<DatasetArchive> archives;
  std::string spec;  ///< how --data names it, before ":DIR"
};

const std::vector<KnownDataset>& known_datasets();

/// Throws FileError listing the names if it is none of them.
const KnownDataset& dataset_named(std::string_view name);

}  // namespace tandem
