#include "tandem/training/event_file.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;

namespace {

constexpr double kTime = 1700000000.5;

/// The scalars of tests/reference/make_event_reference.py.
void add_reference_scalars(EventFile& file) {
  file.add(kTime, 0, {{"loss/batch", 6.5F}});
  file.add(kTime + 1, 1, {{"loss/batch", 6.25F}, {"logit_scale", 14.3F}});
  file.add(kTime + 300, 300, {{"dev/mean_recall", 41.375F}});
  file.add(kTime + 70000, 70000, {{"loss/epoch", 0.1F}});
}

}  // namespace

TEST_CASE("CRC-32C has the check values of RFC 3720") {
  CHECK(crc32c("123456789") == 0xe3069283U);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aaU);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43U);
}

TEST_CASE("an event file has the bytes that TensorBoard's own writer gives it") {
  const ScratchFolder folder;
  EventFile file(folder.path(), kTime, 0);
  add_reference_scalars(file);
  CHECK(read_file(folder / kEventFileName) == read_file(tests::reference_dir() / "training" / "scalars.tfevents"));
}

TEST_CASE("an interrupted event file goes on after the last step that counts, without doubles") {
  const ScratchFolder folder;
  const std::string whole = read_file(tests::reference_dir() / "training" / "scalars.tfevents");
  for (const std::size_t cut : {whole.size(), whole.size() - 3, whole.size() - 40}) {
    write_file(folder / kEventFileName, whole.substr(0, cut));
    EventFile(folder.path(), kTime, 300).add(kTime + 70000, 70000, {{"loss/epoch", 0.1F}});
    CHECK(read_file(folder / kEventFileName) == whole);
  }
  EventFile again(folder.path(), kTime, 0);
  add_reference_scalars(again);
  CHECK(read_file(folder / kEventFileName) == whole);
}
