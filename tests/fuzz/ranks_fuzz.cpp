#include "fuzz/fuzz.h"
#include "tandem/evaluation/rank_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/json_file.h"

using namespace tandem;

namespace {

/// The text with the checksum that fits in its first line, which no random change would ever find.
std::string with_checksum(const std::string& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  Json first = Json::parse(text.substr(0, end), nullptr, /*allow_exceptions=*/false);
  if (!first.is_object()) return text;
  first.erase("checksum");
  const auto line = [&] { return first.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; };
  const std::string others = text.substr(std::min(end + 1, text.size()));
  first["checksum"] = Checksum().add_field(line()).add_field(others).text();
  return line() + others;
}

}  // namespace

TANDEM_FUZZ_TARGET(ranks) {
  static fuzz::Folder folder;
  const std::string bytes(fuzz::text_of(data, size));
  for (const std::string& text : {bytes, with_checksum(bytes)}) {
    const auto file = folder.write("ranks.jsonl", text);
    fuzz::answer([&] {
      const RankList list = read_rank_list(file);
      matched(list, list, "other");
    });
  }
  return 0;
}

TANDEM_LARGE_SEEDS(ranks) {
  const std::string first =
      R"({"format":"tandem ranks","version":1,"title":"t","protocol":"1k","galleries":1,"gallery_images":1,)"
      R"("gallery_captions":1})"
      "\n";
  const std::string picture = R"({"image":"a","rank":1,"average_precision":1,"captions":[)";
  return {first + picture + fuzz::repeated(R"({"rank":1},)", 200'000) + R"({"rank":1}]})",
          first + fuzz::counted(R"({"image":")",
                                R"(","rank":1,"average_precision":1,"captions":[{"rank":1}]})"
                                "\n",
                                50'000),
          first + R"({"image":)" + fuzz::nested_objects(100'000) + "}",
          first + picture + fuzz::nested_lists(100'000) + "]}"};
}
