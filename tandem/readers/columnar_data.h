// Parquet files and Hugging Face's Arrow folders. This program does not read them; it recognises
// them to say what turns them into data that it reads.
#pragma once

#include <filesystem>

namespace tandem {

/// Whether the path is a Parquet or Arrow file, or a folder that holds such files or what
/// `save_to_disk` of Hugging Face's `datasets` writes, itself or in its subfolders.
bool is_columnar_data(const std::filesystem::path& path);

/// Throws FileError naming scripts/to_webdataset.py if the path is such data.
void refuse_columnar_data(const std::filesystem::path& path);

}  // namespace tandem
