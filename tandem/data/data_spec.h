// "flickr8k:DIR" -> the reader of that kind of data.
#pragma once

#include <string>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Reads "flickr8k:DIR", "csv:FILE" or "openclipart:DIR" ("openclipart:" alone means Debian's folder). A
/// bare path will do where it can only mean one thing: a .csv file, or a folder that holds
/// Flickr8k.token.txt or captions.txt.
/// Throws FileError if the kind is unknown or cannot be told, and as the readers do.
CaptionSet read_data(const std::string& spec);

/// The kinds read_data knows, for help texts: "flickr8k:DIR, csv:FILE or openclipart:[DIR]".
std::string known_data_specs();

}  // namespace tandem
