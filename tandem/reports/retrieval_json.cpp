#include "tandem/reports/retrieval_json.h"

namespace tandem {

Json to_json(const RetrievalSummary& summary) {
  return {{"r1", summary.r1},
          {"r5", summary.r5},
          {"r10", summary.r10},
          {"median_rank", summary.median_rank},
          {"mean_rank", summary.mean_rank}};
}

Json to_json(const Hubness& hubness) {
  return {{"skewness", hubness.skewness}, {"never_found", hubness.never_found}, {"most", hubness.most}};
}

}  // namespace tandem
