#include "tandem/fetching/datasets/known_datasets.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tandem/base/errors.h"

using namespace tandem;

TEST_CASE("every known data set says where it is and on what terms") {
  std::set<std::string> names;
  for (const KnownDataset& dataset : known_datasets()) {
    CHECK(names.insert(dataset.name).second);
    CHECK(&dataset_named(dataset.name) == &dataset);
    CHECK(dataset.home.starts_with("http"));
    CHECK(!dataset.home.ends_with("/"));
    CHECK(dataset.terms.find("ite ") != std::string::npos);
    REQUIRE(!dataset.archives.empty());
    for (const DatasetArchive& archive : dataset.archives) {
      CHECK(archive.size_megabytes > 0);
      CHECK((archive.md5.empty() || archive.md5.size() == 32));
      const bool has_variant = std::count(dataset.variants.begin(), dataset.variants.end(), archive.variant) == 1;
      CHECK((archive.variant.empty() || has_variant));
    }
  }
}

TEST_CASE("an unknown data set is refused with the names of those known") {
  try {
    dataset_named("imagenet");
    FAIL("no complaint");
  } catch (const FileError& error) {
    const std::string said = error.what();
    CHECK(said.find("flickr8k, coco-captions, cifar10, cifar100") != std::string::npos);
  }
}
