#include "apps/arguments/pictures_argument.h"

#include <iostream>

namespace tandem::apps {

void add_pictures_option(CLI::App& command, std::string& folder) {
  command.add_option("--pictures", folder, "New root of the pictures, if they moved after encoding");
}

void move_pictures_if_given(FeatureStore& store, const std::string& folder) {
  if (!folder.empty()) store.move_pictures(folder);
}

void tell_missing_pictures(const MissingPictures& found) {
  if (const std::string notice = missing_pictures_notice(found); !notice.empty()) std::cerr << notice << "\n";
}

void tell_missing_pictures(const FeatureStore& store, const std::vector<std::int64_t>& rows) {
  tell_missing_pictures(missing_pictures(store.manifest().pictures, rows));
}

}  // namespace tandem::apps
