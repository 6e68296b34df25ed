#include "tandem/analysis/class_terms.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

using namespace tandem;

using Words = std::vector<std::string>;

TEST_CASE("content words are lower case, without punctuation, function words, letters and numbers") {
  CHECK(content_words("A black Dog, running WITH the ball .") == Words{"black", "dog", "running", "ball"});
  CHECK(content_words("the rock-climber's 2 ropes; x 42 b2b -- 'quoted'") ==
        Words{"rock-climber's", "ropes", "b2b", "quoted"});
  CHECK(content_words("ein großer Hund") == Words{"ein", "großer", "hund"});
  CHECK(content_words("كلب أحمر") == Words{"كلب", "أحمر"});
  CHECK(content_words("").empty());
  CHECK(content_words("- ' -").empty());
}

TEST_CASE("a class's words are those of the greatest c-TF-IDF, by the definition") {
  const std::vector<std::string> texts = {"dog dog grass",  "dog ball grass",  "beach sea sea",
                                          "beach sand dog", "surfer sea wave", "nothing counted here"};
  const std::vector<std::int64_t> class_of = {0, 0, 1, 1, 1, -1};
  std::map<std::string, double> all;
  std::vector<std::map<std::string, double>> own(2);
  double words = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    for (const std::string& word : content_words(texts[i])) {
      all[word] += 1;
      own[class_of[i]][word] += 1;
      words += 1;
    }
  }
  const auto weight = [&](int c, const std::string& word) {
    return own[c].contains(word) ? own[c][word] * std::log(1 + words / 2 / all[word]) : 0;
  };
  const std::vector<Words> terms = class_terms(texts, class_of, 2, 3);
  REQUIRE(terms.size() == 2);
  for (int c = 0; c < 2; ++c) {
    REQUIRE(terms[c].size() == 3);
    for (const auto& [word, number] : all) {
      const bool is_listed = std::find(terms[c].begin(), terms[c].end(), word) != terms[c].end();
      if (!is_listed) CHECK(weight(c, word) <= weight(c, terms[c].back()) + 1e-12);
    }
    CHECK(weight(c, terms[c][0]) >= weight(c, terms[c][1]));
  }
  CHECK(terms[0][0] == "dog");
  CHECK(terms[1] == Words{"sea", "beach", "sand"});  // "dog" is of the other class; of equal weights the alphabet
}

TEST_CASE("a word of every class counts less than one of few, and a class may have no words") {
  // 11 words in 4 classes: 6 log(1 + 2.75 / 8) = 1.77 for "man" in the first, log(1 + 2.75 / 1) = 1.32 for others.
  const std::vector<Words> terms =
      class_terms({"man man man man man man climbing", "man surfing", "man cooking", "."}, {0, 1, 2, 3}, 4, 1);
  CHECK(terms[0] == Words{"man"});
  CHECK(terms[1] == Words{"surfing"});
  const std::vector<Words> fewer = class_terms({"man climbing", "man surfing", "man cooking", "."}, {0, 1, 2, 3}, 4, 1);
  CHECK(fewer[0] == Words{"climbing"});
  CHECK(fewer[3].empty());
}

TEST_CASE("lengths and classes that do not fit are refused") {
  CHECK_THROWS_WITH_AS(class_terms({"a"}, {}, 1, 3), doctest::Contains("one class per text is needed, got 0 for 1"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(class_terms({"a"}, {2}, 2, 3), doctest::Contains("classes must be from -1 to 1, got 2"),
                       c10::ValueError);
}
