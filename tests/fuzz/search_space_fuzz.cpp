#include "fuzz/fuzz.h"
#include "tandem/sweep/configurations.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(search_space) {
  static fuzz::Folder folder;
  const auto file = folder.write("sweep.toml", fuzz::text_of(data, size));
  return fuzz::answer([&] {
    const SearchSpace space = read_search_space(file);
    random_configurations(space, 3, 1);
    grid_configurations(space);
  });
}

TANDEM_LARGE_SEEDS(search_space) {
  const std::string values = fuzz::counted("", "e-9,", 10'000);
  return {
      "a" + fuzz::repeated(".a", 400'000) + " = 1\n",
      "[a" + fuzz::repeated(".a", 400'000) + "]\n",
      "a = " + fuzz::nested_lists(400'000),
      "a = " + fuzz::repeated("{a=", 200'000) + "1" + fuzz::repeated("}", 200'000),
      fuzz::counted("k", " = 1\n", 50'000),
      fuzz::repeated("[[cases]]\nname='a'\n", 40'000),
      fuzz::counted("[[cases]]\nname='", "'\n", 30'000),
      "[grid]\nlearning_rate = [" + values + "]\nweight_decay = [" + values + "]\nhead.dropout = [" + values + "]\n"};
}
