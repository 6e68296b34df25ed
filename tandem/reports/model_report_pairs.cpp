#include "tandem/reports/model_report_pairs.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/TensorAccessor.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tandem/base/number_text.h"
#include "tandem/figures/share_bars.h"
#include "tandem/reports/example_pairs.h"
#include "tandem/retrieval/top_k.h"

namespace tandem {
namespace {

constexpr std::int64_t kHitsShown = 4;
constexpr std::int64_t kHubsShown = 6;
constexpr std::int64_t kSuspectsShown = 4;

const std::string& caption_in(const EmbeddedSplit& embedded, std::int64_t text) {
  return embedded.store.manifest().captions[embedded.pairs.text_in_store[text]];
}

/// All pairs with the ranks of search and the cosine similarity.
std::vector<RankedPair> pairs_as_searched(const ModelMeasures& measures) {
  const EmbeddedSplit& embedded = measures.embedded();
  const at::Tensor own = (embedded.image.index_select(0, embedded.pairs.image_of_text) * embedded.text).sum(1);
  const auto partner = embedded.pairs.image_of_text.accessor<std::int64_t, 1>();
  const auto similarity = own.accessor<float, 1>();
  const std::vector<std::int64_t>& ranks = measures.result().ranks.text_to_image;
  std::vector<RankedPair> pairs;
  for (std::int64_t j = 0; j < own.size(0); ++j)
    pairs.push_back({.text = j, .image = partner[j], .similarity = similarity[j], .rank = ranks[j]});
  return pairs;
}

ReportCard pair_card(const ModelMeasures& measures, const RankedPair& pair, ReportShelf& shelf) {
  const EmbeddedSplit& embedded = measures.embedded();
  ReportCard card{.picture = shelf.place(pair.image, ReportPictureSize::kLarge),
                  .text = caption_in(embedded, pair.text),
                  .verdict = "Rank " + with_thousands(pair.rank) + " of " + with_thousands(embedded.image.size(0)) +
                             " · cosine " + decimal(pair.similarity, 2)};
  const Nearest nearest = top_k(measures.text.narrow(0, pair.text, 1), measures.image, kHitsShown);
  const auto row = nearest.row.accessor<std::int64_t, 2>();
  for (std::int64_t place = 0; place < nearest.row.size(1); ++place) {
    const std::int64_t image = row[0][place];
    const double cosine = (embedded.image[image] * embedded.text[pair.text]).sum().item<double>();
    card.hits.push_back({.picture = shelf.place(image, ReportPictureSize::kSmall),
                         .note = std::to_string(place + 1) + " · " + decimal(cosine, 2),
                         .own = image == pair.image});
  }
  return card;
}

ReportCards cards_of(const ModelMeasures& measures, const std::string& title, const std::string& what,
                     const std::vector<RankedPair>& pairs, ReportShelf& shelf) {
  ReportCards cards{.title = title, .what = what, .cards = {}};
  for (const RankedPair& pair : pairs) cards.cards.push_back(pair_card(measures, pair, shelf));
  return cards;
}

/// From green for the first rank to amber for those far away.
std::vector<SharePart> rank_parts(const std::vector<RankShare>& shares) {
  Colour Theme::*const colours[] = {&Theme::aligned, &Theme::aligned, &Theme::aligned, &Theme::misaligned,
                                    &Theme::misaligned};
  const double opacities[] = {1, 0.6, 0.3, 0.45, 1};
  std::vector<SharePart> parts;
  for (std::size_t i = 0; i < shares.size(); ++i)
    parts.push_back({.name = shares[i].name,
                     .colour = colours[std::min<std::size_t>(i, 4)],
                     .opacity = opacities[std::min<std::size_t>(i, 4)]});
  return parts;
}

ShareBar rank_bar(const std::string& label, const std::vector<RankShare>& shares) {
  ShareBar bar{.label = label, .counts = {}};
  for (const RankShare& share : shares) bar.counts.push_back(share.count);
  return bar;
}

ReportChart rank_chart(const ModelMeasures& measures, const std::vector<RankedPair>& pairs) {
  const std::vector<RankShare> by_text = rank_shares(pairs);
  std::vector<RankedPair> pictures;  // One entry per picture as a query.
  for (const std::int64_t rank : measures.result().ranks.image_to_text) pictures.push_back({.rank = rank});
  const std::vector<ShareBar> bars = {rank_bar("Captions, by the rank of their picture", by_text),
                                      rank_bar("Pictures, by the rank of their best caption", rank_shares(pictures))};
  return {.title = "Where the right answer is",
          .caption = "",
          .draw = [parts = rank_parts(by_text), bars](const FigureTarget& target) {
            draw_share_bars(target, parts, bars, "Shares of queries by the rank of the right answer");
          }};
}

/// The rows of the largest counts, the larger first; of equal ones the first row.
std::vector<std::int64_t> largest_rows(const at::Tensor& counts, std::int64_t wanted) {
  const auto count = counts.accessor<std::int64_t, 1>();
  std::vector<std::int64_t> rows(static_cast<std::size_t>(counts.size(0)));
  std::iota(rows.begin(), rows.end(), 0);
  std::stable_sort(rows.begin(), rows.end(), [&](std::int64_t a, std::int64_t b) { return count[a] > count[b]; });
  rows.resize(std::min(rows.size(), static_cast<std::size_t>(wanted)));
  return rows;
}

/// Candidates by how many lists they are in, beside the mean: in none, in fewer, up to five times as
/// many, in more.
ShareBar list_bar(const std::string& label, const at::Tensor& counts) {
  const auto count = counts.accessor<std::int64_t, 1>();
  const double mean = counts.to(at::kDouble).mean().item<double>();
  ShareBar bar{.label = label, .counts = {0, 0, 0, 0}};
  for (std::int64_t i = 0; i < counts.size(0); ++i) {
    const auto lists = static_cast<double>(count[i]);
    const std::size_t part = count[i] == 0 ? 0 : lists <= mean ? 1 : lists <= 5 * mean ? 2 : 3;
    ++bar.counts[part];
  }
  return bar;
}

ReportChart list_chart(const ModelMeasures& measures) {
  const std::vector<SharePart> parts = {{.name = "in no list", .colour = &Theme::soft_ink, .opacity = 0.3},
                                        {.name = "up to the mean", .colour = &Theme::image, .opacity = 0.35},
                                        {.name = "up to 5 times it", .colour = &Theme::image, .opacity = 1},
                                        {.name = "more: hubs", .colour = &Theme::text, .opacity = 1}};
  std::vector<ShareBar> bars = {list_bar("Pictures as answers", measures.lists.pictures),
                                list_bar("Captions as answers", measures.lists.captions)};
  if (measures.corrected) {
    bars.push_back(list_bar("Pictures, without the correction", measures.plain_lists.pictures));
    bars.push_back(list_bar("Captions, without the correction", measures.plain_lists.captions));
  }
  return {.title = "Candidates by the number of lists that they are in",
          .caption = "",
          .draw = [parts, bars](const FigureTarget& target) {
            draw_share_bars(target, parts, bars, "Shares of candidates by the number of lists that they are in");
          }};
}

ReportRow hubness_row(const std::string& name, const at::Tensor& counts, bool soft) {
  const Hubness hubness = summarise_hubness(counts);
  return {.cells = {{name},
                    {decimal(hubness.skewness, 2)},
                    {decimal(100 * hubness.never_found, 1) + "%"},
                    {with_thousands(hubness.most)},
                    {decimal(counts.to(at::kDouble).mean().item<double>(), 1)}},
          .soft = soft};
}

ReportTable hubness_table(const ModelMeasures& measures) {
  ReportTable table{
      .columns = {{.heading = "", .is_text = true}, {"Skewness"}, {"In no list"}, {"Most lists"}, {"Mean"}},
      .rows = {hubness_row("Pictures as answers to captions", measures.lists.pictures, false),
               hubness_row("Captions as answers to pictures", measures.lists.captions, false)}};
  if (measures.corrected) {
    table.rows.push_back(hubness_row("Pictures, without the correction", measures.plain_lists.pictures, true));
    table.rows.push_back(hubness_row("Captions, without the correction", measures.plain_lists.captions, true));
  }
  return table;
}

ReportCards hub_cards(const ModelMeasures& measures, ReportShelf& shelf) {
  const auto count = measures.lists.pictures.accessor<std::int64_t, 1>();
  ReportCards cards{.title = "Pictures in the most lists",
                    .what = "Of " + with_thousands(measures.text.size(0)) +
                            " captions, this many have the picture "
                            "among their nearest " +
                            std::to_string(measures.lists.length) + ".",
                    .cards = {},
                    .small = true};
  for (const std::int64_t row : largest_rows(measures.lists.pictures, kHubsShown))
    cards.cards.push_back({.picture = shelf.place(row, ReportPictureSize::kLarge),
                           .text = with_thousands(count[row]) + " lists",
                           .verdict = {}});
  return cards;
}

ReportTable hub_captions(const ModelMeasures& measures) {
  const auto count = measures.lists.captions.accessor<std::int64_t, 1>();
  ReportTable table{.columns = {{.heading = "Captions in the most lists", .is_text = true},
                                {"Of " + with_thousands(measures.image.size(0)) + " pictures"}},
                    .rows = {}};
  for (const std::int64_t row : largest_rows(measures.lists.captions, kHubsShown))
    table.rows.push_back({.cells = {{caption_in(measures.embedded(), row)}, {with_thousands(count[row])}}});
  return table;
}

ReportTable verdict_table(const ModelAudit& audit) {
  ReportTable table{.columns = {{.heading = "Verdict", .is_text = true}, {"Captions"}, {"Share"}}, .rows = {}};
  const auto total = static_cast<double>(audit.audit.pairs.size());
  for (const Verdict verdict : {Verdict::kAligned, Verdict::kAmbiguous, Verdict::kHub, Verdict::kWrongCaption}) {
    const std::int64_t count = audit.count(verdict);
    table.rows.push_back(
        {.cells = {{verdict == Verdict::kWrongCaption ? "likely a wrong caption" : std::string(verdict_name(verdict))},
                   {with_thousands(count)},
                   {decimal(100 * static_cast<double>(count) / total, 1) + "%"}}});
  }
  return table;
}

ReportCards suspect_cards(const ModelMeasures& measures, ReportShelf& shelf) {
  const ModelAudit& audit = *measures.audit;
  ReportCards cards{.title = "Most likely wrong captions",
                    .what = "A suggestion for a person to look at, not a finding.",
                    .cards = {}};
  for (const JudgedPair& pair : audit.audit.pairs) {
    if (pair.verdict != Verdict::kWrongCaption) continue;
    if (static_cast<std::int64_t>(cards.cards.size()) == kSuspectsShown) break;
    const FeatureManifest& manifest = audit.store.manifest();
    cards.cards.push_back({.picture = shelf.place(pair.image, ReportPictureSize::kLarge),
                           .text = manifest.captions[audit.pairs.text_in_store[pair.text]],
                           .verdict = "Chance of being wrong " + decimal(100 / (1 + std::exp(-pair.log_odds)), 0) +
                                      "% · cosine " + decimal(pair.similarity, 2) + " · " +
                                      with_thousands(pair.others_as_near) + " other pictures as near"});
  }
  return cards;
}

}  // namespace

ReportSection pairs_section(const ModelMeasures& measures, ReportShelf& shelf) {
  const std::vector<RankedPair> pairs = pairs_as_searched(measures);
  const std::int64_t count = measures.options.pairs_shown;
  ReportSection section{.id = "pairs", .title = "Pairs: best, near misses, worst", .blocks = {}};
  section.blocks.emplace_back(ReportParagraph{
      .text = "Each card is a picture with one of its captions. Below are the pictures that the caption finds first, "
              "with rank and cosine similarity; the right one is framed in green. At most one pair per picture." +
              std::string(measures.corrected ? " Ranks are those of search, with the correction for hubs, so they need "
                                               "not follow the cosine."
                                             : ""),
      .tone = ReportTone::kSoft});
  section.blocks.emplace_back(ReportCharts{{rank_chart(measures, pairs)}});
  section.blocks.emplace_back(cards_of(measures, "Best",
                                       "The caption finds its picture first, with the greatest similarity.",
                                       best_aligned(pairs, count), shelf));
  ReportCards near = cards_of(measures, "Near misses",
                              "The picture is at rank 2 to 5: another, which often fits as well, came before it.",
                              near_misses(pairs, count), shelf);
  if (near.cards.empty()) near.what = "No picture is at rank 2 to 5 for its caption.";
  section.blocks.emplace_back(std::move(near));
  section.blocks.emplace_back(cards_of(measures, "Worst", "The picture is farthest down the list for its caption.",
                                       worst_aligned(pairs, count), shelf));
  return section;
}

ReportSection hubs_section(const ModelMeasures& measures, ReportShelf& shelf) {
  ReportSection section{.id = "hubs", .title = "Hubs: candidates that answer too many queries", .blocks = {}};
  section.blocks.emplace_back(ReportParagraph{
      .text = "Every query has a list of its nearest " + std::to_string(measures.lists.length) +
              " candidates. If all candidates were found equally often, each would be in the mean number of lists and "
              "the skewness would be 0. Hubs push right answers down, and candidates in no list are never found.",
      .tone = ReportTone::kSoft});
  section.blocks.emplace_back(hubness_table(measures));
  section.blocks.emplace_back(ReportCharts{{list_chart(measures)}});
  section.blocks.emplace_back(hub_cards(measures, shelf));
  section.blocks.emplace_back(hub_captions(measures));
  return section;
}

ReportSection audit_section(const ModelMeasures& measures, ReportShelf& shelf) {
  ReportSection section{.id = "audit", .title = "Audit of the captions", .blocks = {}};
  const std::string command = "'tandem audit' makes the full report.";
  if (!measures.audit) {
    section.blocks.emplace_back(ReportParagraph{.text = measures.no_audit + " " + command});
    return section;
  }
  section.blocks.emplace_back(ReportParagraph{
      .text =
          "Not cross-fitted: the pairs are judged by the model's own heads. They were not trained on these pictures" +
          std::string(measures.options.split == "dev" ? ", but chosen by them" : "") + ". " + command,
      .tone = ReportTone::kSoft});
  if (measures.run().options.shuffled)
    section.blocks.emplace_back(
        ReportParagraph{.text = "The model is a control, trained on shuffled captions: its verdicts mean nothing.",
                        .tone = ReportTone::kWarning});
  if (!measures.audit->left_out.empty())
    section.blocks.emplace_back(
        ReportParagraph{.text = "Left out: " + measures.audit->left_out + ".", .tone = ReportTone::kSoft});
  section.blocks.emplace_back(verdict_table(*measures.audit));
  ReportCards suspects = suspect_cards(measures, shelf);
  if (!suspects.cards.empty()) section.blocks.emplace_back(std::move(suspects));
  return section;
}

}  // namespace tandem
