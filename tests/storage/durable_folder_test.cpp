#include "tandem/storage/durable_folder.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

TEST_CASE("few files are waited for one by one and very many together") {
  const ScratchFolder folder;
  make_folder(folder / "few" / "inner");
  for (const char* name : {"few/a", "few/b", "few/inner/c"}) write_file(folder / name, name);
  CHECK(make_folder_durable(folder / "few") == 5);

  make_folder(folder / "many" / "inner");
  for (int i = 0; i < 200; ++i) std::ofstream(folder / "many" / (i % 2 == 0 ? "inner" : ".") / std::to_string(i)) << i;
  CHECK(make_folder_durable(folder / "many") == 1);
  CHECK(read_file(folder / "many" / "inner" / "198") == "198");
}
