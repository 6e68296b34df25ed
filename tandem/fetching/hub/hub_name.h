// How a model on the Hugging Face hub is named on the command line.
#pragma once

#include <string>
#include <string_view>

namespace tandem {

/// "hf:ORG/NAME@REVISION"
struct HubName {
  std::string repo;               ///< "ORG/NAME", or "NAME" for the hub's oldest models
  std::string revision = "main";  ///< a branch, a tag or a commit

  /// As it is written: "hf:ORG/NAME", with "@REVISION" unless that is main.
  std::string text() const;
};

/// Whether `text` names a model on the hub, not a folder: it begins with "hf:".
bool is_hub_name(std::string_view text);

/// Throws FileError unless `text` is hf:ORG/NAME or hf:NAME, with or without @REVISION, of letters,
/// digits and ._- only (a revision may hold slashes), and could not leave a folder it is made a
/// path in.
HubName parse_hub_name(std::string_view text);

/// Whether `text` is a commit's full hash: 40 hexadecimal digits.
bool is_commit(std::string_view text);

}  // namespace tandem
