// The data sets that can be fetched: their addresses, their terms, and the hashes their owners
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
  std::string variant = {};            ///< "val": only fetched for that variant; empty: always
  int size_megabytes = 0;              ///< approximate, for people
  std::string md5 = {};                ///< as its owners publish it; empty: they publish none
  std::vector<std::string> keep = {};  ///< beginnings of the names to unpack; empty: all
  bool pictures = false;               ///< its pictures can also be fetched one by one, from HOME/VARIANT2017/NAME
};

struct KnownDataset {
  std::string name;                        ///< in `tandem fetch`
  std::string home;                        ///< address that the archives' paths are relative to
  std::string terms;                       ///< of use, in a few sentences, with whom to cite
  bool asks_consent = false;               ///< its owners give it only to those who agree
  std::vector<std::string> variants = {};  ///< the default is the first; empty: there is only one
  std::vector<DatasetArchive> archives;
  std::string spec;  ///< its name in --data, before ":DIR"
};

const std::vector<KnownDataset>& known_datasets();

/// The data set of that name. Throws FileError listing the names if there is none.
const KnownDataset& dataset_named(std::string_view name);

}  // namespace tandem
