#include "tandem/reports/map_of_split.h"

#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include "model/toy_store.h"
#include "tandem/base/errors.h"
#include "tandem/model/closed_form_run.h"
#include "tandem/reports/saved_map.h"
#include "test_data.h"

using namespace tandem;
using tests::import_toy_store;
using tests::ScratchFolder;

namespace {

std::filesystem::path solved_run(const ScratchFolder& folder) {
  import_toy_store(folder / "features");
  make_closed_form_run(folder / "features", folder / "run",
                       {.grid = {.regularisations = {1}, .powers = {0.5}, .width = 6}, .no_dev = true});
  return folder / "run";
}

}  // namespace

TEST_CASE("a split is mapped, the map saved, and another split placed on it") {
  const ScratchFolder folder;
  const std::filesystem::path run = solved_run(folder);
  const SplitMapOptions options{
      .split = "train", .limit = 40, .projection = {.method = MapMethod::kPca}, .save = folder / "train.safetensors"};
  const SplitMap map = draw_map_of_split(run, {folder / "train.svg", folder / "train.html"}, options);
  CHECK(map.layout.images == 40);
  CHECK(map.note.starts_with("split train, 40 of 60 pictures, 80 captions; PCA of both sides"));
  for (const char* file : {"train.svg", "train.html"}) CHECK(std::filesystem::exists(folder / file));
  CHECK(at::equal(read_saved_map(options.save).points, map.layout.points));
  const SplitMap placed = draw_map_of_split(run, {folder / "test.svg"}, {.onto = options.save});
  CHECK(placed.layout.images == 20);
  CHECK(placed.note.find("along the components of a saved PCA map") != std::string::npos);
}

TEST_CASE("endings that no map has are refused before anything is opened") {
  CHECK_THROWS_WITH_AS(check_map_endings({"a.png", "b.bmp"}),
                       "b.bmp: expected a name that ends in .png, .svg, .pdf or .html, found \".bmp\"", FileError);
  CHECK_THROWS_AS(draw_map_of_split("nowhere", {"a.txt"}, {}), FileError);
}
