// The three questions tandem asks of the Hugging Face hub (https://huggingface.co/docs/hub/api):
// which files, what of a file, and its bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/fetching/http/http_connection.h"
#include "tandem/fetching/http/patience.h"
#include "tandem/fetching/hub/hub_name.h"
#include "tandem/fetching/hub/hub_settings.h"

namespace tandem {

struct HubListing {
  std::string commit;              ///< that the revision stands for today
  std::vector<std::string> files;  ///< relative to the model's root
};

struct HubFile {
  std::string etag;  ///< SHA-256 or Git's SHA-1 of the content
  std::int64_t size_bytes = 0;
};

/// What the hub answers when it is asked for a model's files. Throws FileError naming `model`
/// unless it is a JSON object with a commit and the names of files; that these stay in the model's
/// folder is wanted_files' to check.
HubListing read_listing(std::string_view answer, const std::string& model);

/// Asks again, a bounded number of times and after growing waits, where that may help. All of it
/// throws FileError, whose words never hold the token nor an address.
class HubClient {
 public:
  explicit HubClient(const HubSettings& settings);

  HubListing list(const HubName& name);

  /// Throws FileError also if the hub gives no hash or no size for it.
  HubFile describe(const HubName& name, const std::string& commit, const std::string& file);

  /// Appends to `part`, made if need be, what it lacks of the file, until it has all its bytes.
  /// They are not hashed. Begins anew if the server does not continue where asked to. Throws
  /// FileError also if the server claims another length than `expected` has or sends more.
  /// `arrived` is told the length of `part` as it grows; it may be empty.
  void download(const HubName& name, const std::string& commit, const std::string& file, const HubFile& expected,
                const std::filesystem::path& part, const std::function<void(std::int64_t size_bytes)>& arrived);

 private:
  /// Throws the FileError that an answer without success deserves, or HttpFailure if asking again
  /// may help.
  void check_success(const std::string& asked, const HttpAnswer& answer) const;
  std::string file_url(const HubName& name, const std::string& commit, const std::string& file) const;

  HubSettings settings_;
  Patience patience_;
  HttpConnection connection_;
};

}  // namespace tandem
