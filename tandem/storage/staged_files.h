// Several files that appear together, in folders that hold other things too.
#pragma once

#include <filesystem>
#include <vector>

namespace tandem {

/// Files under construction. Without commit() nothing is left behind and older files of these names
/// stay as they were.
class StagedFiles {
 public:
  StagedFiles() = default;
  ~StagedFiles();
  StagedFiles(const StagedFiles&) = delete;
  StagedFiles& operator=(const StagedFiles&) = delete;

  /// Where to write what is to become `file`: a file of the same name in a hidden folder,
  /// `.NAME.XXXXXX`, beside it. Such folders that killed processes left are removed.
  /// Throws FileError if the folder is missing or not writable, or a folder has the name.
  std::filesystem::path stage(const std::filesystem::path& file);

  /// Gives all of them their names, one rename right after the other. All have been written,
  /// durably (AtomicFile).
  /// Throws FileError if a name cannot be given; all older files are then back.
  void commit();

 private:
  struct Staged {
    std::filesystem::path file;
    std::filesystem::path folder;  ///< hidden; holds the new file and, during commit(), the old one
    int lock = -1;                 ///< descriptor of the folder: it is in use while this process lives

    std::filesystem::path made() const { return folder / file.filename(); }
    std::filesystem::path old() const;
  };

  static void undo(const Staged& staged);

  std::vector<Staged> staged_;
};

}  // namespace tandem
