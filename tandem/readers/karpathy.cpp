#include "tandem/readers/karpathy.h"

#include <utility>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/json_walk.h"
#include "tandem/storage/inner_name.h"

namespace tandem {
namespace {

struct Entry {
  std::string filename, filepath, split;
  std::vector<std::string> captions;
};

Split split_of(const Entry& entry, const std::filesystem::path& file) {
  if (entry.split == "restval") return Split::kTrain;
  if (const auto split = split_named(entry.split)) return *split;
  throw FileError(file, "train, restval, val or test as the split of \"" + printable(entry.filename) + "\"",
                  "\"" + printable(entry.split) + "\"");
}

}  // namespace

void read_karpathy(const std::filesystem::path& file,
                   const std::function<std::filesystem::path(const std::string& filepath)>& place, CaptionSet& set) {
  PictureGathering gathering(file.filename().string());
  Entry entry;
  bool any = false;
  const auto add = [&] {
    any = true;
    const std::string id = entry.filepath.empty() ? entry.filename : entry.filepath + "/" + entry.filename;
    if (!stays_in_folder(id)) return gathering.leave_out("pictures whose names lead out of the folder", printable(id));
    const Split split =
        split_of(entry, file);  // before the aggregate: if a member throws, GCC 12 destroys the earlier ones twice
    CaptionedImage image{
        .id = id, .picture = {.file = place(entry.filepath) / entry.filename}, .split = split, .captions = {}};
    for (std::string& caption : entry.captions) gathering.add_caption(image, std::move(caption), printable(id));
    gathering.add_picture(set, std::move(image));
  };
  walk_json(file, {.on_text =
                       [&](std::string_view where, std::string& text) {
                         if (where == "/images/filename") entry.filename = text;
                         if (where == "/images/filepath") entry.filepath = text;
                         if (where == "/images/split") entry.split = text;
                         if (where == "/images/sentences/raw") entry.captions.push_back(std::move(text));
                       },
                   .on_number = {},
                   .on_object_end =
                       [&](std::string_view where) {
                         if (where != "/images") return;
                         add();
                         entry = {};
                       }});
  if (!any) throw FileError(file, "a list \"images\", as Karpathy's splits have it", "none");
  gathering.finish(set, file);
}

}  // namespace tandem
