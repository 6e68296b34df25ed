// Files of COCO's form under any name, with the folders of their pictures.
#pragma once

#include <string>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Reads "FILE,FOLDER", also with several files before a folder and several such groups:
/// "train.json,val.json,images" or "train.json,train,val.json,val". A single FILE alone finds its
/// pictures beside it, one folder up, or in images/ or the folder that its name tells
/// ("captions_val2017.json": val2017/) in one of the two places. Ids are the pictures' names, below
/// the folder that all picture folders are in if there are several.
///
/// If all files' names tell splits (split_in_name.h), two at least, these are taken. If no file is
/// of test, val is test, as COCO itself is used, and if then no file is of dev, a tenth of train,
/// chosen by the hash of the ids, is dev. Otherwise all splits are made by that hash.
///
/// With `categories`, labels are the pictures' main categories, in a file beside each whose name
/// has "instances" in place of "captions".
///
/// Throws FileError as read_coco_captions does, and if a file or folder of the list is missing, the
/// list does not end in a folder, or none of the pictures exists.
CaptionSet read_coco_files(const std::string& list, bool categories = false);

/// Whether the text is for read_coco_files: a list with commas, or a .json file, and no folder.
bool names_coco_files(const std::string& text);

}  // namespace tandem
