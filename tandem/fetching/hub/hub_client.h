// The three requests that tandem makes to the Hugging Face hub
// (https://huggingface.co/docs/hub/api): the list of files, a file's hash and size, and its bytes.
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
  std::string commit;              ///< that the revision points to now
  std::vector<std::string> files;  ///< relative to the model's root
};

struct HubFile {
  std::string etag;  ///< SHA-256 or Git's SHA-1 of the content
  std::int64_t size_bytes = 0;
};

/// Reads the hub's answer to a request for a model's files.
/// Throws FileError naming `model` unless it is a JSON object with a commit and the names of files.
/// wanted_files checks that these stay in the model's folder.
HubListing read_listing(std::string_view answer, const std::string& model);

/// Repeats requests if that may help, a limited number of times and with growing waits. All
/// functions throw FileError; its message never contains the token or an address.
class HubClient {
 public:
  explicit HubClient(const HubSettings& settings);

  HubListing list(const HubName& name);

  /// The file's hash and size. Throws FileError also if the hub does not give them.
  HubFile describe(const HubName& name, const std::string& commit, const std::string& file);

  /// Appends to `part` (made if it does not exist) the missing bytes of the file until it is
  /// complete. The bytes are not hashed. Starts again if the server does not continue at the
  /// requested byte. `arrived` is called with the length of `part` as it grows; it may be empty.
  /// Throws FileError also if the server claims a length other than that of `expected` or sends
  /// more.
  void download(const HubName& name, const std::string& commit, const std::string& file, const HubFile& expected,
                const std::filesystem::path& part, const std::function<void(std::int64_t size_bytes)>& arrived);

 private:
  /// Throws FileError for an answer that is not a success, or HttpFailure if a retry may help.
  void check_success(const std::string& asked, const HttpAnswer& answer) const;
  std::string file_url(const HubName& name, const std::string& commit, const std::string& file) const;

  HubSettings settings_;
  Patience patience_;
  HttpConnection connection_;
};

}  // namespace tandem
