// Folders of pictures: captions in text files of the same name, in Hugging Face's metadata files, or
// none at all.
#pragma once

#include <filesystem>

#include "tandem/data/caption_set.h"
#include "tandem/readers/table.h"

namespace tandem {

/// Reads every picture (has_picture_ending) below `folder` that has a .txt file of the same name beside it, with one
/// caption per line. The order is that of the names. Pictures in formats that tandem does not read are defects; other
/// files are counted as notes, but for the captions. Links to folders
/// are followed once. Links into folders that are read anyway (including circles), links that lead
/// nowhere, and folders that may not be entered are defects. If a picture's first folder is named
/// train, val, valid, validation, dev or test, that is its split. If no picture is in such a
/// folder, the pictures are split by the hash of their names.
/// Throws FileError if the folder is missing or holds no captioned picture.
CaptionSet read_folder(const std::filesystem::path& folder);

/// Reads every picture that read_folder would find, without captions: a gallery. All are in no
/// split. Throws FileError if the folder is missing or holds no picture.
CaptionSet read_pictures(const std::filesystem::path& folder);

/// Reads a text file that lists pictures, one path per line, relative to the file's folder. The id
/// is the path as written. Pictures that are not there and those listed twice are defects. The result
/// is a gallery. Throws FileError if the file cannot be read, names no picture, or has a line that is
/// not UTF-8 (naming the line).
CaptionSet read_picture_list(const std::filesystem::path& file);

/// Whether read_folder finds a captioned picture directly in the folder or in a subfolder with the
/// name of a split, or of five digits or more, as img2dataset's "files" layout has them.
bool is_folder(const std::filesystem::path& folder);

/// Hugging Face's imagefolder (https://huggingface.co/docs/datasets/image_dataset): metadata.csv or
/// metadata.jsonl with a column file_name and a caption column, in the folder or in its train/,
/// validation/ (val/, valid/, dev/) and test/. A column named split decides first. Otherwise, if
/// one metadata file names pictures in such folders ("train/a.jpg", "images/test/b.jpg"), these
/// have the folder's split and its other pictures are in no split, as in `datasets`. Files without a usable row are
/// counted as notes.
/// Throws FileError if there is no metadata file, and as read_table does.
///
///   options  for the metadata files; its split and pictures do not count
CaptionSet read_imagefolder(const std::filesystem::path& folder, const TableOptions& options = {});

/// Whether read_imagefolder finds a metadata file in the folder.
bool is_imagefolder(const std::filesystem::path& folder);

}  // namespace tandem
