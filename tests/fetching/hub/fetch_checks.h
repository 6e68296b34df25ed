// What the tests of fetching check over and over: what was said, and that a model is whole or not
// there at all.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "fetching/hub/tiny_hub.h"
#include "tandem/fetching/hub/fetch_model.h"
#include "tandem/fetching/hub/hub_cache.h"
#include "tandem/storage/mapped_file.h"

namespace tandem::tests {

inline const HubName kName{.repo = kRepo};

/// What fetching says when it fails; "" if it does not. The token is in none of it.
inline std::string complaint(const TinyHub& hub, const HubName& name = kName) {
  std::string said;
  try {
    fetch_model(name, hub.settings());
  } catch (const FileError& error) {
    said = error.what();
  }
  CHECK(said.find(kToken) == std::string::npos);
  CHECK(said.find("Signature") == std::string::npos);
  return said;
}

inline void check_holds(const std::string& text, const std::string& part) {
  CHECK_MESSAGE(text.find(part) != std::string::npos, "said: ", text, " without: ", part);
}

/// Nothing in the cache may look like a model.
inline void check_nothing_whole(const TinyHub& hub) {
  CHECK(!HubCache(hub.settings().cache).find(kName));
  CHECK(!std::filesystem::exists(hub.snapshot() / "model.safetensors"));
  CHECK_THROWS_AS(cached_model(kName, hub.settings()), FileError);
}

inline void check_whole(const TinyHub& hub) {
  const std::filesystem::path folder = cached_model(kName, hub.settings());
  CHECK(folder == hub.snapshot());
  for (const char* file : {"config.json", "tokenizer.json", "1_Pooling/config.json", "model.safetensors"}) {
    CHECK(std::filesystem::is_symlink(folder / file));
    CHECK(std::filesystem::read_symlink(folder / file).is_relative());
    CHECK(read_file(folder / file) == hub.files.at(file));
  }
  CHECK(!std::filesystem::exists(folder / "README.md"));
  CHECK(!std::filesystem::exists(folder / "pytorch_model.bin"));
  CHECK(read_file(hub.model_folder() / "refs" / "main") == hub.commit);
  CHECK(!std::filesystem::exists(hub.weights_part()));
}

}  // namespace tandem::tests
