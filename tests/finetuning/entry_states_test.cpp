#include "tandem/finetuning/entry_states.h"

#include <ATen/ops/tensor.h>
#include <c10/core/InferenceMode.h>
#include <doctest/doctest.h>

#include "features/small_towers.h"
#include "finetuning/tuned_encoders.h"
#include "tandem/base/errors.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("entry states are the frozen layer's, wherever they are kept") {
  const TextSource source = open_text_source(tiny_encoder("roberta"), parse_views("mean"));
  const std::vector<std::string> captions = {"a dog runs", "cat", "a car runs", "do", "trains run and dogs"};
  const ScratchFolder scratch;
  for (const EntryPlace place : {EntryPlace::kMemory, EntryPlace::kFile, EntryPlace::kRecomputed}) {
    const EntryStates states(caption_items(source, captions, 1), place, scratch.path(), 2);
    const EntryBatch batch = states.batch({3, 0, 3});
    CHECK(batch.mask.sizes() == at::IntArrayRef({3, states.length(0)}));
    for (const auto& [row, caption] : {std::pair(0, 3), std::pair(1, 0), std::pair(2, 3)}) {
      const std::int64_t tokens = states.length(caption);
      CHECK(batch.mask[row].sum().item<std::int64_t>() == tokens);
      const c10::InferenceMode inference;
      const at::Tensor ids = at::tensor(source.tower.tokenizer->encode(captions[caption], 16), at::kLong).unsqueeze(0);
      const at::Tensor alone = source.tower.encoder->hidden_states(ids, at::ones(ids.sizes(), at::kBool))[1][0];
      CHECK((batch.x[row].narrow(0, 0, tokens) - alone).abs().max().item<double>() < 1e-5);
    }
  }
  CHECK(std::filesystem::is_empty(scratch.path()));  // The mapped file has no name any more.
}

TEST_CASE("pictures' entry states are the same in memory and computed anew, and one that cannot be read is named") {
  const ScratchFolder folder;
  const ImageSource source = open_image_source(tiny_encoder("vit"), parse_views("cls"));
  std::vector<PictureSource> pictures;
  for (const CaptionedImage& image : grey_pictures(folder, 5).images) pictures.push_back(image.picture);
  const EntryStates kept(picture_items(source, pictures, 1), EntryPlace::kMemory, folder.path());
  const EntryStates anew(picture_items(source, pictures, 1), EntryPlace::kRecomputed, folder.path());
  CHECK(kept.length(0) == 17);
  CHECK((kept.batch({4, 1}).x - anew.batch({4, 1}).x).abs().max().item<double>() < 1e-6);
  write_file(pictures[2].file, "no picture");
  CHECK_THROWS_WITH_AS(EntryStates(picture_items(source, pictures, 1), EntryPlace::kMemory, folder.path()),
                       doctest::Contains("grey102.jpg"), FileError);
}

TEST_CASE("memory comes first, then the disk, and then computing anew") {
  const ScratchFolder folder;
  CHECK(choose_entry_place(1000, 1000, folder.path()) == EntryPlace::kMemory);
  CHECK(choose_entry_place(1001, 1000, folder.path()) == EntryPlace::kFile);
  CHECK(choose_entry_place(std::int64_t{1} << 60, 1000, folder.path()) == EntryPlace::kRecomputed);
}
