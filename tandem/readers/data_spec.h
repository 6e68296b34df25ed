// "flickr8k:DIR" -> the reader of that kind of data.
#pragma once

#include <string>
#include <vector>

#include "tandem/data/caption_set.h"
#include "tandem/data/data_options.h"

namespace tandem {

/// Reads "flickr8k:DIR", "coco:DIR", "coco:FILE,PICTURES" (coco_files.h), "cifar10:DIR",
/// "cifar100:DIR", "csv:FILE", "tsv:FILE", "jsonl:FILE", "json:FILE" (each also with the folder of
/// its pictures: "csv:FILE,FOLDER"), "folder:DIR", "imagefolder:DIR", "pictures:DIR"
/// (a gallery without captions), "webdataset:SHARDS" or
/// "openclipart:DIR" ("openclipart:" alone means Debian's folder). A path without a kind is accepted
/// if it can only mean one kind: a .csv, .tsv, .jsonl or .json file, or a folder that holds
/// Flickr8k.token.txt, captions.txt, COCO's annotations, metadata.csv, .tar files or pictures with
/// .txt files.
/// Throws FileError if the kind is unknown or ambiguous, as the readers do, and with options.strict
/// if there is any defect. For Parquet and Arrow the error names what converts them.
CaptionSet read_data(const std::string& spec, const DataOptions& options = {});

/// Whether the data has only classes, so that its captions are generated.
bool generates_captions(const std::string& spec);

/// Whether options.columns and options.delimiter have an effect. False if there is no such data.
bool reads_table(const std::string& spec);

/// The kinds that read_data knows, for help texts: "flickr8k:DIR, ... or openclipart:[DIR]".
std::string known_data_specs();

/// The kinds in known_data_specs(), without their colons: "flickr8k", "csv".
std::vector<std::string> data_kinds();

}  // namespace tandem
