#include "tandem/curation/near_hashes.h"

#include <c10/util/Exception.h>

#include <bit>
#include <cstdint>

namespace tandem {
namespace {

constexpr int kBands = 4;
constexpr int kBandBits = 64 / kBands;
constexpr std::size_t kKeys = std::size_t{1} << kBandBits;

std::uint16_t band_of(std::uint64_t hash, int band) { return static_cast<std::uint16_t>(hash >> (kBandBits * band)); }

/// The hashes in the order of one band: those with key k are rows[begin[k]] to rows[begin[k + 1] -
/// 1], ascending.
struct Index {
  std::vector<std::uint32_t> begin = std::vector<std::uint32_t>(kKeys + 1);
  std::vector<std::uint32_t> rows;

  Index(const std::vector<std::uint64_t>& hashes, int band) : rows(hashes.size()) {
    for (const std::uint64_t hash : hashes) ++begin[band_of(hash, band) + 1];
    for (std::size_t key = 0; key < kKeys; ++key) begin[key + 1] += begin[key];
    std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i < hashes.size(); ++i)
      rows[next[band_of(hashes[i], band)]++] = static_cast<std::uint32_t>(i);
  }
};

/// Every key that differs from 0 in at most `radius` bits.
std::vector<std::uint16_t> flips_within(int radius) {
  std::vector<std::uint16_t> flips;
  for (std::size_t key = 0; key < kKeys; ++key) {
    if (std::popcount(key) <= radius) flips.push_back(static_cast<std::uint16_t>(key));
  }
  return flips;
}

/// Whether an earlier band has already brought the pair together.
bool met_before(std::uint64_t difference, int band, int radius) {
  for (int before = 0; before < band; ++before) {
    if (std::popcount(band_of(difference, before)) <= radius) return true;
  }
  return false;
}

}  // namespace

void for_each_near_pair(const std::vector<std::uint64_t>& hashes, int distance,
                        const std::function<void(std::size_t, std::size_t)>& found) {
  TORCH_CHECK_VALUE(distance >= 0 && distance <= 15, "for_each_near_pair: the distance must be 0 to 15, got ",
                    distance);
  TORCH_CHECK_VALUE(hashes.size() < UINT32_MAX, "for_each_near_pair: fewer than 2^32 hashes were needed, got ",
                    hashes.size());
  const int radius = distance / kBands;
  const std::vector<std::uint16_t> flips = flips_within(radius);
  for (int band = 0; band < kBands; ++band) {
    const Index index(hashes, band);
    for (std::size_t j = 0; j < hashes.size(); ++j) {
      for (const std::uint16_t flip : flips) {
        const auto key = static_cast<std::uint16_t>(band_of(hashes[j], band) ^ flip);
        for (std::uint32_t place = index.begin[key]; place < index.begin[key + 1U]; ++place) {
          const std::uint32_t i = index.rows[place];
          if (i >= j) break;
          const std::uint64_t difference = hashes[i] ^ hashes[j];
          if (std::popcount(difference) <= distance && !met_before(difference, band, radius)) found(i, j);
        }
      }
    }
  }
}

}  // namespace tandem
