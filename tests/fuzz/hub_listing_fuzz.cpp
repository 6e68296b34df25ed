#include "fuzz/fuzz.h"
#include "tandem/fetching/hub/hub_client.h"
#include "tandem/fetching/hub/hub_files.h"
#include "tandem/storage/inner_name.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(hub_listing) {
  return fuzz::answer([&] {
    const HubListing listing = read_listing(fuzz::text_of(data, size), "hf:a/b");
    if (!is_commit(listing.commit)) std::abort();
    for (const std::string& file : wanted_files("hf:a/b", listing.files)) {
      if (!stays_in_folder(file)) std::abort();
    }
  });
}

TANDEM_LARGE_SEEDS(hub_listing) {
  const std::string begin = R"({"sha":"0123456789012345678901234567890123456789","siblings":[)";
  return {fuzz::nested_lists(1'000'000), begin + fuzz::nested_objects(500'000) + "]}",
          begin + fuzz::counted(R"({"rfilename":"f)", "\"},", 200'000) +
              R"({"rfilename":"config.json"},{"rfilename":"model.safetensors"}]})"};
}
