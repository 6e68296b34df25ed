#include "tandem/features/views.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "test_data.h"

using namespace tandem;

TEST_CASE("views are read as they are written") {
  const std::vector<View> views = parse_views("mean,max@-2,cls@0");
  REQUIRE(views.size() == 3);
  CHECK(view_text(views[0]) == "mean");
  CHECK(view_text(views[1]) == "max@-2");
  CHECK(views[2].layer == 0);
  CHECK(views[2].pooling == Pooling::kCls);
}

TEST_CASE("a view that is none is named") {
  for (const char* wrong : {"", "median", "mean@", "mean@x", "mean@1x", "mean,,max", "Mean", "mean@99999999999999999999"}) {
    CHECK_THROWS_WITH_AS(parse_views(wrong), doctest::Contains("a pooling is cls, mean, max or last"), c10::ValueError);
  }
}

TEST_CASE("a picture has no last token") {
  const std::filesystem::path folder = tests::reference_dir() / "encoders" / "tiny_efficientnet";
  CHECK_THROWS_WITH_AS(open_image_source(folder, parse_views("last")),
                       doctest::Contains("expected cls, mean or max pooling, for no patch is a picture's end, found \"last\""), FileError);
  CHECK(feature_width(open_text_source(tests::reference_dir() / "encoders" / "tiny_clip", parse_views("last,mean"))) == 48);
}
