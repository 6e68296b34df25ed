// Names of models on the Hugging Face hub, as on the command line.
#pragma once

#include <string>
#include <string_view>

namespace tandem {

/// "hf:ORG/NAME@REVISION"
struct HubName {
  std::string repo;               ///< "ORG/NAME", or "NAME" for the hub's oldest models
  std::string revision = "main";  ///< a branch, a tag or a commit

  /// The name in text form: "hf:ORG/NAME", with "@REVISION" unless that is main.
  std::string text() const;
};

/// Whether `text` names a model on the hub and not a folder: it begins with "hf:".
bool is_hub_name(std::string_view text);

/// Reads hf:ORG/NAME or hf:NAME, with or without @REVISION.
/// Throws FileError unless `text` has this form with only letters, digits and ._- (a revision may
/// hold slashes), and is safe as a part of a path.
HubName parse_hub_name(std::string_view text);

/// Whether `text` is a commit's full hash: 40 hexadecimal digits.
bool is_commit(std::string_view text);

}  // namespace tandem
