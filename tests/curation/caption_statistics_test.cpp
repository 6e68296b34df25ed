#include "tandem/curation/caption_statistics.h"

#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("caption statistics count pieces and words") {
  CaptionSet set{.name = "x"};
  set.images.push_back({.id = "a", .picture = {}, .captions = {"A dog runs .", "the  Dog, the \"dog\""}});
  set.images.push_back({.id = "b", .picture = {}, .captions = {"mother-in-law's dog"}});
  const CaptionStatistics statistics = caption_statistics(set, 2);
  CHECK(statistics.captions == 3);
  CHECK(statistics.per_picture == std::map<std::int64_t, std::int64_t>{{1, 1}, {2, 1}});
  CHECK(statistics.lengths == std::map<std::int64_t, std::int64_t>{{2, 1}, {4, 2}});
  CHECK(statistics.vocabulary == 5);  // a, dog, runs, the, mother-in-law's
  CHECK(statistics.seen_once == 3);
  CHECK(statistics.common_words == std::vector<std::pair<std::string, std::int64_t>>{{"dog", 4}, {"the", 2}});
}

TEST_CASE("an empty set has no words") {
  const CaptionStatistics statistics = caption_statistics({.name = "x"});
  CHECK(statistics.captions == 0);
  CHECK(statistics.common_words.empty());
}
