#include "tandem/reports/retrieval_summary_json.h"

namespace tandem {

Json to_json(const RetrievalSummary& summary) {
  return {{"r1", summary.r1},
          {"r5", summary.r5},
          {"r10", summary.r10},
          {"median_rank", summary.median_rank},
          {"mean_rank", summary.mean_rank}};
}

}  // namespace tandem
