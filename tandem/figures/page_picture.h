// A picture inside a self-contained page.
#pragma once

#include <string>

namespace tandem {

struct PagePicture {
  std::string id;                  ///< shown as the picture's name
  std::string thumbnail_data_uri;  ///< "data:image/...;base64,..."; empty: shown as a blank tile
};

}  // namespace tandem
