// The environment variables by which Hugging Face's own tools find their cache, hub and token.
// https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
#pragma once

#include <filesystem>
#include <string>

namespace tandem {

struct HubSettings {
  std::filesystem::path cache;                      ///< the folder of models--ORG--NAME
  std::string endpoint = "https://huggingface.co";  ///< without a slash at the end
  std::string token;                                ///< empty: none
  bool offline = false;                             ///< no network request is made
  int stall_seconds = 30;         ///< a connection is given up after this long below 1,000 bytes per second
  int tries = 5;                  ///< maximum number of requests for one file
  double first_wait_seconds = 1;  ///< between the first two tries; each wait is twice the previous one
};

/// Reads HF_HUB_CACHE, HF_HOME (or XDG_CACHE_HOME/huggingface, or ~/.cache/huggingface),
/// HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH (or HF_HOME/token), HF_HUB_OFFLINE and
/// HF_HUB_DOWNLOAD_TIMEOUT.
/// Throws FileError if one is invalid.
HubSettings hub_settings_from_environment();

}  // namespace tandem
