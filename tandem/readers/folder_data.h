// Folders of pictures: captions in text files of the same name, or in Hugging Face's metadata
// files.
#pragma once

#include <filesystem>

#include "tandem/data/caption_set.h"
#include "tandem/readers/table.h"

namespace tandem {

/// Reads every picture (.jpg, .jpeg, .png, .webp, .svg) below `folder` that has a .txt file of the
/// same name beside it, with one caption per line. The order is that of the names. Links to folders
/// are followed once. Links into folders that are read anyway (including circles), links that lead
/// nowhere, and folders that may not be entered are defects. If a picture's first folder is named
/// train, val, valid, validation, dev or test, that is its split. If no picture is in such a
/// folder, the pictures are split by the hash of their names.
/// Throws FileError if the folder is missing or holds no captioned picture.
CaptionSet read_folder(const std::filesystem::path& folder);

/// Whether read_folder finds a captioned picture directly in the folder or in a subfolder with the
/// name of a split, or of five digits or more, as img2dataset's "files" layout has them.
bool is_folder(const std::filesystem::path& folder);

/// Hugging Face's imagefolder (https://huggingface.co/docs/datasets/image_dataset): metadata.csv or
/// metadata.jsonl with a column file_name and a caption column, in the folder or in its train/,
/// validation/ (val/, valid/, dev/) and test/. A column named split decides first. Otherwise, if
/// one metadata file names pictures in such folders ("train/a.jpg", "images/test/b.jpg"), these
/// have the folder's split and its other pictures are in no split, as in `datasets`.
/// Throws FileError if there is no metadata file, and as read_table does.
///
///   options  for the metadata files; its split and pictures do not count
CaptionSet read_imagefolder(const std::filesystem::path& folder, const TableOptions& options = {});

/// Whether read_imagefolder finds a metadata file in the folder.
bool is_imagefolder(const std::filesystem::path& folder);

}  // namespace tandem
