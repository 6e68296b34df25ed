#include "tandem/reports/model_report_space.h"

#include <algorithm>
#include <cmath>

#include "tandem/base/number_text.h"
#include "tandem/figures/joint_map.h"
#include "tandem/figures/similarity_histogram.h"
#include "tandem/reports/joint_projection_report.h"
#include "tandem/reports/run_words.h"

namespace tandem {
namespace {

ReportFacts training_facts(const TrainOptions& options, std::int64_t best_epoch) {
  const HeadOptions& head = options.image_head;
  return {
      {{"Heads", std::string(head_name(head.kind)) + " to " + std::to_string(head.embedding_width) +
                     " columns, dropout " + decimal(head.dropout, 2) + ", feature noise " +
                     decimal(head.feature_noise, 2)},
       {"Loss", std::string(loss_name(options.loss.kind))},
       {"Optimiser", std::string(optimizer_name(options.optimizer)) + ", learning rate " +
                         Json(options.learning_rate).dump() + ", weight decay " + Json(options.weight_decay).dump()},
       {"Epochs", std::to_string(options.epochs) + " of batches of " + with_thousands(options.batch_size) +
                      " pairs; epoch " + std::to_string(best_epoch) + " was kept"},
       {"Seed", std::to_string(options.seed)}}};
}

ReportChart training_chart(const ModelMeasures& measures, TrainingCurve curve, const std::string& title) {
  return {.title = title,
          .caption = "",
          .draw = [epochs = measures.epochs, kept = measures.run().best_epoch, curve](const FigureTarget& target) {
            draw_training_curve(target, epochs, kept, curve);
          }};
}

ReportCharts training_charts(const ModelMeasures& measures) {
  ReportCharts charts{{training_chart(measures, TrainingCurve::kLoss, "Training loss")}};
  const bool has_dev = std::any_of(measures.epochs.begin(), measures.epochs.end(),
                                   [](const EpochPoint& epoch) { return std::isfinite(epoch.dev_recall); });
  if (has_dev) charts.charts.push_back(training_chart(measures, TrainingCurve::kDevRecall, "Mean recall on dev"));
  if (uses_scale(measures.run().options.loss.kind))
    charts.charts.push_back(training_chart(measures, TrainingCurve::kLogitScale, "Logit scale"));
  return charts;
}

ReportTable member_table(const Run& run) {
  ReportTable table{.columns = {{.heading = "Member", .is_text = true}, {"Weight"}, {"Epoch"}, {"Dev recall, %"}},
                    .rows = {}};
  for (std::size_t i = 0; i < run.members.size(); ++i) {
    const RunMember& member = run.members[i];
    const std::string what = member.cca ? "CCA, regularisation " + Json(member.cca->regularisation).dump() +
                                              ", power " + Json(member.cca->power).dump()
                                        : "trained " + std::string(head_name(member.options.image_head.kind)) +
                                              " heads, seed " + std::to_string(member.options.seed);
    table.rows.push_back({.cells = {{what},
                                    {decimal(run.image_heads.weights()[i], 3)},
                                    {member.cca ? "–" : std::to_string(member.best_epoch)},
                                    {member.dev_recall ? decimal(*member.dev_recall, 1) : "–"}}});
  }
  return table;
}

double ratio_of(const JointProjection& map) {
  const PairDistance& distance = map.pair_distance;
  return distance.random > 0 ? distance.paired / distance.random : 0;
}

ReportChart map_chart(const JointProjection& layout, const std::string& title) {
  const JointMap map = joint_map_of(layout, "", "");
  return {.title = title,
          .caption = "A caption lies " + decimal(ratio_of(layout), 2) +
                     " times as far from its own picture as from a random one.",
          .draw = [map](const FigureTarget& target) { draw_joint_map(target, map); }};
}

ReportTable space_table(const ModelMeasures& measures, const std::string& learning) {
  const NeighbourAgreement& agreement = measures.agreement;
  ReportTable table{.columns = {{.heading = "", .is_text = true}, {"Before " + learning}, {"After"}, {"Chance"}},
                    .rows = {}};
  table.rows.push_back({.cells = {{"Own picture's distance on the map, as a share of a random one's"},
                                  {decimal(ratio_of(measures.maps.before), 2)},
                                  {decimal(ratio_of(measures.maps.after), 2)},
                                  {"1.00"}}});
  table.rows.push_back({.cells = {{"Modality gap: distance between the means of the two sides"},
                                  {decimal(measures.maps.before.modality_gap, 2)},
                                  {decimal(measures.maps.after.modality_gap, 2)},
                                  {"–"}}});
  if (agreement.neighbours > 0)
    table.rows.push_back({.cells = {{"Nearest " + std::to_string(agreement.neighbours) +
                                     " that pictures and captions share (before: in the encoders' own spaces)"},
                                    {decimal(100 * agreement.encoders, 1) + "%"},
                                    {decimal(100 * agreement.shared, 1) + "%"},
                                    {decimal(100 * agreement.chance, 1) + "%"}}});
  return table;
}

ReportChart similarity_chart(const PairSimilarities& pairs) {
  const SimilarityHistogram histogram{.aligned = pairs.aligned.histogram,
                                      .misaligned = pairs.misaligned.histogram,
                                      .aligned_mean = pairs.aligned.mean,
                                      .misaligned_mean = pairs.misaligned.mean,
                                      .overlap = pairs.overlap};
  return {.title = "Similarity of true pairs and of all others",
          .caption =
              "A true pair is the nearer one in " + decimal(100 * pairs.auc, 1) + "% of comparisons with another pair.",
          .draw = [histogram](const FigureTarget& target) { draw_similarity_histogram(target, histogram, "", ""); }};
}

}  // namespace

ReportSection training_section(const ModelMeasures& measures) {
  const Run& run = measures.run();
  ReportSection section{.id = "training", .title = "Training", .blocks = {}};
  if (!measures.no_curves.empty())
    section.blocks.emplace_back(ReportParagraph{.text = measures.no_curves + " The model: " + seed_words(run) + "; " +
                                                        choice_words(run) + "."});
  if (!run.members.empty()) {
    section.blocks.emplace_back(member_table(run));
  } else if (!run.cca) {
    section.blocks.emplace_back(training_facts(run.options, run.best_epoch));
  }
  if (!measures.epochs.empty()) section.blocks.emplace_back(training_charts(measures));
  return section;
}

ReportSection space_section(const ModelMeasures& measures) {
  const std::string learning = measures.run().cca ? "CCA" : "training";
  const std::int64_t pictures = measures.embedded().image.size(0);
  const std::string sampled = measures.mapped < pictures
                                  ? with_thousands(measures.mapped) + " of " + with_thousands(pictures) +
                                        " pictures, drawn at random with seed " +
                                        std::to_string(measures.options.seed) + ", each with one of its captions. "
                                  : "All " + with_thousands(pictures) +
                                        " pictures, each with one of its captions, drawn with seed " +
                                        std::to_string(measures.options.seed) + ". ";
  ReportSection section{.id = "space", .title = "The space before and after", .blocks = {}};
  section.blocks.emplace_back(ReportParagraph{
      .text = sampled + "Before: " + start_words(measures.run()) +
              ", on the same frozen features. The encoders' own features cannot be drawn on one map, because the two "
              "sides have different spaces; what can be compared is whether they agree about neighbours. Both maps are "
              "made by the same method; their scales differ, so only ratios can be compared. Clusters and distances "
              "between them are partly the method's.",
      .tone = ReportTone::kSoft});
  section.blocks.emplace_back(ReportCharts{
      {map_chart(measures.maps.before, "Before " + learning), map_chart(measures.maps.after, "After " + learning)}});
  section.blocks.emplace_back(
      ReportParagraph{.text = "Before: " + method_words(measures.maps.before, measures.maps.options) +
                              ". After: " + method_words(measures.maps.after, measures.maps.options) + ".",
                      .tone = ReportTone::kSoft});
  section.blocks.emplace_back(space_table(measures, learning));
  section.blocks.emplace_back(ReportCharts{{similarity_chart(measures.similarity)}});
  return section;
}

}  // namespace tandem
