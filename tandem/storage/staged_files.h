// Several files that appear together, in folders that also hold other things.
#pragma once

#include <filesystem>
#include <vector>

namespace tandem {

/// Files under construction. Without commit(), nothing remains of them, and older files of these
/// names stay as they were.
class StagedFiles {
 public:
  StagedFiles() = default;
  ~StagedFiles();
  StagedFiles(const StagedFiles&) = delete;
  StagedFiles& operator=(const StagedFiles&) = delete;

  /// The path to write the new `file` to: a file of the same name in a hidden folder,
  /// `.NAME.XXXXXX`, beside it. Hidden folders that killed processes left are removed.
  /// Throws FileError if the folder is missing or not writable, or if `file` is a folder.
  std::filesystem::path stage(const std::filesystem::path& file);

  /// Gives all files their names, one rename right after the other. The caller has written all of
  /// them durably (AtomicFile).
  /// Throws FileError if a name cannot be given; all older files are then restored.
  void commit();

 private:
  struct Staged {
    std::filesystem::path file;
    std::filesystem::path folder;  ///< hidden; holds the new file and, during commit(), the old one
    int lock = -1;                 ///< descriptor of the folder; its lock shows that a living process uses the folder

    std::filesystem::path made() const { return folder / file.filename(); }
    std::filesystem::path old() const;
  };

  static void undo(const Staged& staged);

  std::vector<Staged> staged_;
};

}  // namespace tandem
