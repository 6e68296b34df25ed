// Folders of pictures: captions in text files of the same name, or in Hugging Face's metadata
// files.
#pragma once

#include <filesystem>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Every picture (.jpg, .jpeg, .png, .webp, .svg) under `folder` with a .txt file of the same name
/// beside it: a caption a line. Links to folders are followed once. Links into folders that are
/// read anyway (circles among them), links that lead nowhere and folders that may not be entered
/// are defects. The order is that of the names. A first folder named train, val, valid, validation,
/// dev or test tells the split of what is in it; where no picture is in such a folder the pictures
/// are split by the hash of their names.
/// Throws FileError if the folder is missing or holds no captioned picture.
CaptionSet read_folder(const std::filesystem::path& folder);

/// Whether read_folder finds a captioned picture in the folder itself or in a folder of it that is
/// named like a split.
bool is_folder(const std::filesystem::path& folder);

/// Hugging Face's imagefolder (https://huggingface.co/docs/datasets/image_dataset): metadata.csv or
/// metadata.jsonl with a column file_name and one of captions, in the folder or in its train/,
/// validation/ (val/, valid/, dev/) and test/. Pictures that one file in the folder names in such
/// folders ("train/a.jpg", "images/test/b.jpg") are on their sides, others of it in no split, as
/// `datasets` has it; a column split comes before that.
/// Throws FileError if there is none, and as read_table does.
CaptionSet read_imagefolder(const std::filesystem::path& folder);

/// Whether read_imagefolder finds a metadata file there.
bool is_imagefolder(const std::filesystem::path& folder);

}  // namespace tandem
