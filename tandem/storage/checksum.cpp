#include "tandem/storage/checksum.h"

#include <xxhash.h>

#include <array>
#include <cstdio>
#include <new>

namespace tandem {

struct Checksum::State {
  XXH3_state_t* xxh3 = XXH3_createState();
  State() {
    if (xxh3 == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(xxh3);
  }
  ~State() { XXH3_freeState(xxh3); }
};

Checksum::Checksum() : state_(std::make_unique<State>()) {}
Checksum::~Checksum() = default;

Checksum& Checksum::add(std::string_view bytes) {
  if (!bytes.empty()) XXH3_128bits_update(state_->xxh3, bytes.data(), bytes.size());
  return *this;
}

Checksum& Checksum::add_field(std::string_view text) { return add(std::to_string(text.size()) + ":").add(text); }

std::string Checksum::text() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->xxh3);
  std::array<char, 33> digits = {};
  std::snprintf(digits.data(), digits.size(), "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return digits.data();
}

std::string checksum_of(std::string_view bytes) { return Checksum().add(bytes).text(); }

}  // namespace tandem
