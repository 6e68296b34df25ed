#include "tandem/reports/scan_report.h"

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"

namespace tandem {
namespace {

std::string short_name(const std::string& encoder, const std::string& view) {
  return std::filesystem::path(encoder).filename().string() + " " + view;
}

std::string image_name(const ScannedPair& pair) { return short_name(pair.image_encoder, pair.image_view); }
std::string text_name(const ScannedPair& pair) { return short_name(pair.text_encoder, pair.text_view); }

/// Mutual kNN of unrelated encoders.
double knn_by_chance(const EncoderScan& scan, const ScanOptions& options) {
  return static_cast<double>(options.neighbours) / (static_cast<double>(scan.pictures) - 1);
}

void print_pairs(const std::vector<ScannedPair>& pairs, std::ostream& out) {
  std::size_t image_width = 5, text_width = 4;
  for (const ScannedPair& pair : pairs) {
    image_width = std::max(image_width, printable(image_name(pair)).size());
    text_width = std::max(text_width, printable(text_name(pair)).size());
  }
  out << left_aligned("image", image_width) << "  " << left_aligned("text", text_width)
      << "     CKA  rank   mutual kNN  rank\n";
  for (const ScannedPair& pair : pairs) {
    out << left_aligned(image_name(pair), image_width) << "  " << left_aligned(text_name(pair), text_width)
        << right_aligned(decimal(pair.cka, 4), 8) << right_aligned(std::to_string(pair.cka_rank), 6)
        << right_aligned(decimal(pair.knn, 4), 13) << right_aligned(std::to_string(pair.knn_rank), 6) << "\n";
  }
}

}  // namespace

void print_scan(const EncoderScan& scan, const ScanOptions& options, std::int64_t top, std::ostream& out) {
  const auto shown = std::min(static_cast<std::int64_t>(scan.pairs.size()), top);
  print_pairs({scan.pairs.begin(), scan.pairs.begin() + shown}, out);
  const std::int64_t others = static_cast<std::int64_t>(scan.pairs.size()) - shown;
  if (others > 0) out << "... " << others << " more pairs (--top)\n";
  out << "Computed on " << with_thousands(scan.pictures) << " pictures of split " << options.split
      << ", each with its first caption, before any training: ";
  out << "CKA with linear kernels and unbiased HSIC (0: unrelated, 1: equal up to\nrotation and scale); ";
  out << "mutual kNN, the share of " << options.neighbours
      << " nearest neighbours (cosine) that both sides have (chance: " << decimal(knn_by_chance(scan, options), 4)
      << "). Neither sees what a trained head can do.\n";
}

Json scan_json(const EncoderScan& scan, const ScanOptions& options) {
  Json list = Json::array();
  for (const ScannedPair& pair : scan.pairs) {
    list.push_back({{"image_encoder", pair.image_encoder},
                    {"image_view", pair.image_view},
                    {"text_encoder", pair.text_encoder},
                    {"text_view", pair.text_view},
                    {"cka", pair.cka},
                    {"cka_rank", pair.cka_rank},
                    {"mutual_knn", pair.knn},
                    {"mutual_knn_rank", pair.knn_rank}});
  }
  return {{"images", scan.pictures},
          {"split", options.split},
          {"neighbours", options.neighbours},
          {"seed", options.seed},
          {"mutual_knn_chance", knn_by_chance(scan, options)},
          {"pairs", list}};
}

}  // namespace tandem
