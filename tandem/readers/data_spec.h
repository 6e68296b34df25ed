// "flickr8k:DIR" -> the reader of that kind of data.
#pragma once

#include <string>
#include <vector>

#include "tandem/data/caption_set.h"
#include "tandem/data/data_options.h"

namespace tandem {

/// Reads "flickr8k:DIR", "coco:DIR", "cifar10:DIR", "cifar100:DIR", "csv:FILE", "tsv:FILE",
/// "jsonl:FILE", "folder:DIR", "imagefolder:DIR", "pictures:DIR" (a gallery without captions) or
/// "openclipart:DIR" ("openclipart:" alone means Debian's folder). A path without a kind is accepted if it can only
/// mean one kind: a .csv, .tsv or .jsonl file, or a folder that holds Flickr8k.token.txt, captions.txt or COCO's
/// annotations. Throws FileError if the kind is unknown or ambiguous, as the readers do, and with options.strict if
/// there is any defect.
CaptionSet read_data(const std::string& spec, const DataOptions& options = {});

/// Whether the data has only classes, so that its captions are generated.
bool generates_captions(const std::string& spec);

/// The kinds that read_data knows, for help texts: "flickr8k:DIR, ... or openclipart:[DIR]".
std::string known_data_specs();

/// The kinds in known_data_specs(), without their colons: "flickr8k", "csv".
std::vector<std::string> data_kinds();

}  // namespace tandem
