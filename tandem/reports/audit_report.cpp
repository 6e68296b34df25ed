#include "tandem/reports/audit_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <ostream>

#include "tandem/base/joined_text.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/figures/audit_page.h"
#include "tandem/parsing/csv_rows.h"
#include "tandem/parsing/spreadsheet_cell.h"
#include "tandem/reports/thumbnails.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

double chance_wrong(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

std::string percent(double share) { return decimal(100 * share, 1) + "%"; }

/// Names and words of the rows that an audit speaks of.
class Names {
 public:
  explicit Names(const ModelAudit& report) : report_(report) {}
  const std::string& id(std::int64_t image) const {
    return report_.store.manifest().image_ids[report_.pairs.image_in_store[image]];
  }
  const PictureSource& picture(std::int64_t image) const {
    return report_.store.manifest().pictures[report_.pairs.image_in_store[image]];
  }
  const std::string& caption(std::int64_t text) const {
    return report_.store.manifest().captions[report_.pairs.text_in_store[text]];
  }
  std::int64_t image_of(std::int64_t text) const { return report_.pairs.image_of_text[text].item<std::int64_t>(); }
  bool planted(std::int64_t text) const { return report_.planted && report_.planted->swaps.planted[text].item<bool>(); }

 private:
  const ModelAudit& report_;
};

/// Pictures that the page shows, each once.
class ShownPictures {
 public:
  std::size_t place(std::int64_t image) {
    const auto [at, is_new] = places_.try_emplace(image, images_.size());
    if (is_new) images_.push_back(image);
    return at->second;
  }

  std::vector<PagePicture> pictures(const Names& names, const Progress& progress) const {
    std::vector<PictureSource> sources;
    for (const std::int64_t image : images_) sources.push_back(names.picture(image));
    const std::vector<std::string> uris = thumbnail_uris(sources, page_thumbnail_side(std::ssize(sources)), progress);
    std::vector<PagePicture> pictures;
    for (std::size_t i = 0; i < uris.size(); ++i)
      pictures.push_back({.id = names.id(images_[i]), .thumbnail_data_uri = uris[i]});
    return pictures;
  }

 private:
  std::map<std::int64_t, std::size_t> places_;
  std::vector<std::int64_t> images_;
};

std::string numbers(const JudgedPair& pair, const ModelAudit& report) {
  std::string text = "chance of being wrong " + percent(chance_wrong(pair.log_odds)) + " · similarity " +
                     decimal(pair.similarity, 3) + " · " + with_thousands(pair.others_as_near) +
                     " other pictures as near";
  const PairAuditLimits& limits = report.audit.limits;
  if (static_cast<double>(pair.caption_in_lists) > limits.caption_in_lists)
    text += " · caption among the nearest of " + with_thousands(pair.caption_in_lists) + " pictures";
  if (static_cast<double>(pair.picture_in_lists) > limits.picture_in_lists)
    text += " · picture among the nearest of " + with_thousands(pair.picture_in_lists) + " captions";
  if (pair.has_twin) text += " · another picture has the same caption";
  return text;
}

/// Which of a verdict's pairs come first on the page.
using Before = std::function<bool(const JudgedPair&, const JudgedPair&)>;

std::vector<const JudgedPair*> pairs_of(const ModelAudit& report, Verdict verdict, const Before& before = {}) {
  std::vector<const JudgedPair*> chosen;
  for (const JudgedPair& pair : report.audit.pairs) {
    if (pair.verdict == verdict) chosen.push_back(&pair);
  }
  if (before)
    std::stable_sort(chosen.begin(), chosen.end(),
                     [&](const JudgedPair* a, const JudgedPair* b) { return before(*a, *b); });
  return chosen;
}

bool more_as_near(const JudgedPair& a, const JudgedPair& b) { return a.others_as_near > b.others_as_near; }

/// How many times the usual a pair's caption or picture is listed.
double hub_size(const JudgedPair& pair, const PairAuditLimits& limits) {
  return std::max(static_cast<double>(pair.caption_in_lists) / std::max(limits.caption_in_lists, 1e-9),
                  static_cast<double>(pair.picture_in_lists) / std::max(limits.picture_in_lists, 1e-9));
}

class PageMaker {
 public:
  PageMaker(const ModelAudit& report, std::int64_t shown)
      : report_(report), names_(report), shown_(static_cast<std::size_t>(shown)) {
    const auto images = report.pairs.image_of_text;
    for (std::int64_t text = 0; text < images.size(0); ++text) captions_[names_.image_of(text)].push_back(text);
  }

  AuditSection section(const std::string& id, const std::string& title, const std::string& explanation,
                       const std::vector<const JudgedPair*>& pairs) {
    AuditSection made{.id = id,
                      .title = title,
                      .explanation = explanation,
                      .count = static_cast<std::int64_t>(pairs.size()),
                      .cards = {}};
    for (std::size_t i = 0; i < std::min(shown_, pairs.size()); ++i) made.cards.push_back(card(*pairs[i]));
    return made;
  }

  std::vector<AuditTwins> twins() {
    std::vector<AuditTwins> list;
    for (const TwinCaptions& twin : report_.twins.twins) {
      if (list.size() == shown_) break;
      list.push_back({.first = shown_pictures_.place(names_.image_of(twin.first)),
                      .second = shown_pictures_.place(names_.image_of(twin.second)),
                      .first_caption = names_.caption(twin.first),
                      .second_caption = names_.caption(twin.second),
                      .similarity = twin.similarity});
    }
    return list;
  }

  std::vector<PagePicture> pictures(const Progress& progress) const {
    return shown_pictures_.pictures(names_, progress);
  }

 private:
  AuditCard card(const JudgedPair& pair) {
    AuditCard made{.picture = shown_pictures_.place(pair.image),
                   .caption = names_.caption(pair.text),
                   .numbers = numbers(pair, report_),
                   .planted = names_.planted(pair.text)};
    for (const std::int64_t text : captions_[pair.image]) {
      if (text != pair.text) made.own_captions.push_back(names_.caption(text));
    }
    for (const std::int64_t text : pair.other_captions) made.other_captions.push_back(names_.caption(text));
    for (const std::int64_t image : pair.other_pictures) made.other_pictures.push_back(shown_pictures_.place(image));
    return made;
  }

  const ModelAudit& report_;
  Names names_;
  std::size_t shown_;
  std::map<std::int64_t, std::vector<std::int64_t>> captions_;
  ShownPictures shown_pictures_;
};

std::string weights_text(const ModelAudit& report) {
  std::string text;
  for (std::size_t e = 0; e < kEvidenceNames.size(); ++e) {
    text += (e == 0 ? "" : "; ") + std::string(kEvidenceNames[e]) + " " + decimal(report.audit.model.weights[e], 2);
  }
  return text;
}

std::string planted_text(const PlantedResult& planted) {
  return with_thousands(planted.swaps.planted.sum().item<std::int64_t>()) + " captions (" + percent(planted.share) +
         ", seed " + std::to_string(planted.seed) +
         ") were swapped among as many pictures before anything else was done. Average precision of the list of "
         "suspects in finding them: " +
         decimal(planted.average_precision, 3) +
         "; of a list by similarity alone: " + decimal(planted.by_similarity, 3) +
         "; by chance: " + decimal(planted.chance, 3) +
         ". Captions of the data that are wrong anyway count as errors in all three.";
}

std::vector<std::pair<std::string, std::string>> method(const ModelAudit& report) {
  const PairAuditLimits& limits = report.audit.limits;
  std::vector<std::pair<std::string, std::string>> lines = {
      {"who judges", report.folds > 0
                         ? with_thousands(report.cross_fitted) + " pictures of the training split are judged by " +
                               std::to_string(report.folds) +
                               " pairs of heads, each trained on the pictures of the other folds only and comparing "
                               "within its fold; pictures of no training by the run's own heads"
                         : "the run's heads, which were not trained on these pictures"},
      {"wrong caption",
       "The evidence about a pair is compared with that about captions put to random other pictures, which are wrong "
       "for certain. A logistic model tells the two apart and estimates "
       "at the same time how many of the data's pairs are wrong: " +
           percent(report.audit.model.wrong_share) +
           ". A pair whose chance of being wrong is above one half is listed, most suspect first."},
      {"weights of the evidence", "per deviation, positive for wrong: " + weights_text(report)},
      {"hub", "The caption is among the 10 nearest of more than " + decimal(limits.caption_in_lists, 1) +
                  " pictures, or the picture among the 10 nearest of more than " + decimal(limits.picture_in_lists, 1) +
                  " captions: mean and two deviations of these counts."},
      {"ambiguous", "More than " + decimal(limits.others_as_near, 1) +
                        " other pictures are at least as near to the caption as its own (third quartile and 1.5 "
                        "interquartile ranges), or another picture has "
                        "the same caption."},
      {"same caption", "Cosine of the text encoder's centred features at least " + decimal(report.twins.threshold, 3) +
                           ": nearer than 99 of 100 pairs of captions of one and the same picture (at most 0.999)."},
      {"aligned", "None of these. Of several verdicts a pair gets the first: wrong caption, hub, ambiguous."}};
  if (!report.left_out.empty()) lines.insert(lines.begin() + 1, {"left out", report.left_out});
  if (report.planted) lines.insert(lines.begin(), {"planted swaps", planted_text(*report.planted)});
  return lines;
}

std::string scope(const ModelAudit& report) {
  return report.store.manifest().data_name + ", split " + report.split + ": " +
         with_thousands(report.pairs.image.size(0)) + " pictures, " + with_thousands(report.pairs.text.size(0)) +
         " captions" + (report.shuffled ? "; CONTROL: the run was trained on shuffled captions" : "");
}

constexpr std::array kVerdicts = {Verdict::kWrongCaption, Verdict::kAmbiguous, Verdict::kHub, Verdict::kAligned};

Json pair_json(const JudgedPair& pair, const Names& names) {
  Json captions = Json::array();
  Json pictures = Json::array();
  for (const std::int64_t text : pair.other_captions) captions.push_back(names.caption(text));
  for (const std::int64_t image : pair.other_pictures) pictures.push_back(names.id(image));
  return {{"id", names.id(pair.image)},
          {"caption", names.caption(pair.text)},
          {"score", pair.log_odds},
          {"chance_wrong", chance_wrong(pair.log_odds)},
          {"similarity", pair.similarity},
          {"others_as_near", pair.others_as_near},
          {"caption_in_lists", pair.caption_in_lists},
          {"picture_in_lists", pair.picture_in_lists},
          {"suggested_captions", captions},
          {"suggested_pictures", pictures},
          {"planted", names.planted(pair.text)}};
}

}  // namespace

void write_audit_report(const ModelAudit& report, const std::filesystem::path& out, std::int64_t shown,
                        const Progress& progress) {
  PageMaker maker(report, shown);
  AuditPage page{.title = report.store.manifest().data_name + ": audit of every pair",
                 .note = scope(report) + "." + (report.planted ? " " + planted_text(*report.planted) : ""),
                 .method = method(report)};
  page.sections.push_back(maker.section("wrong", "Likely wrong captions",
                                        "The caption is more likely one of another picture: it is far from its picture "
                                        "and from the picture's other captions. Most suspect first.",
                                        pairs_of(report, Verdict::kWrongCaption)));
  page.sections.push_back(maker.section(
      "ambiguous", "Ambiguous captions",
      "Right as far as one can tell, but many other pictures fit as well. Those that most others fit first.",
      pairs_of(report, Verdict::kAmbiguous, more_as_near)));
  const PairAuditLimits& limits = report.audit.limits;
  page.sections.push_back(maker.section(
      "hub", "Hubs",
      "The caption or the picture is near to very many of the other side, whatever they show. The largest hubs first.",
      pairs_of(report, Verdict::kHub,
               [&](const JudgedPair& a, const JudgedPair& b) { return hub_size(a, limits) > hub_size(b, limits); })));
  page.sections.push_back(
      maker.section("aligned", "Aligned", "None of these. The surest first.",
                    pairs_of(report, Verdict::kAligned,
                             [](const JudgedPair& a, const JudgedPair& b) { return a.log_odds < b.log_odds; })));
  page.twins = maker.twins();
  page.twins_count = report.twins.count;
  page.twins_explanation =
      "Where both are in one training batch, each caption is counted as wrong for the other's picture, though it is "
      "right: false negatives. Nearest first.";
  page.pictures = maker.pictures(progress);
  write_audit_page(out, page);
}

void write_audit_table(const ModelAudit& report, const std::filesystem::path& out) {
  const Names names(report);
  const auto id = [&](std::int64_t image) { return names.id(image); };
  const auto caption = [&](std::int64_t text) { return names.caption(text); };
  const auto cell = [](const std::string& text) { return spreadsheet_cell(text); };
  std::string table = csv_line({"id", "caption", "verdict", "score", "chance_wrong", "similarity", "others_as_near",
                                "caption_in_lists", "picture_in_lists", "suggested_captions", "suggested_pictures",
                                "same_caption", "planted", "new_caption"});
  for (const JudgedPair& pair : report.audit.pairs) {
    const std::int64_t twin = report.twins.partner[pair.text];
    table += csv_line({cell(id(pair.image)), cell(caption(pair.text)), std::string(verdict_name(pair.verdict)),
                       decimal(pair.log_odds, 4), decimal(chance_wrong(pair.log_odds), 4), decimal(pair.similarity, 4),
                       std::to_string(pair.others_as_near), std::to_string(pair.caption_in_lists),
                       std::to_string(pair.picture_in_lists), cell(joined_text(pair.other_captions, " | ", caption)),
                       cell(joined_text(pair.other_pictures, " | ", id)),
                       twin < 0 ? "" : cell(id(names.image_of(twin))), names.planted(pair.text) ? "yes" : "", ""});
  }
  write_file(out, table);
}

Json audit_json(const ModelAudit& report, std::int64_t shown) {
  const Names names(report);
  Json counts, lists, weights, twins = Json::array();
  for (const Verdict verdict : kVerdicts) {
    counts[verdict_name(verdict)] = report.count(verdict);
    if (verdict == Verdict::kAligned) continue;
    Json& list = lists[verdict_name(verdict)] = Json::array();
    for (const JudgedPair* pair : pairs_of(report, verdict)) {
      if (static_cast<std::int64_t>(list.size()) == shown) break;
      list.push_back(pair_json(*pair, names));
    }
  }
  for (std::size_t e = 0; e < kEvidenceNames.size(); ++e) weights[kEvidenceNames[e]] = report.audit.model.weights[e];
  for (const TwinCaptions& twin : report.twins.twins) {
    if (static_cast<std::int64_t>(twins.size()) == shown) break;
    twins.push_back({{"ids", {names.id(names.image_of(twin.first)), names.id(names.image_of(twin.second))}},
                     {"captions", {names.caption(twin.first), names.caption(twin.second)}},
                     {"similarity", twin.similarity}});
  }
  Json json = {{"data", report.store.manifest().data_name},
               {"split", report.split},
               {"images", report.pairs.image.size(0)},
               {"captions", report.pairs.text.size(0)},
               {"folds", report.folds},
               {"cross_fitted_images", report.cross_fitted},
               {"left_out_images", report.left_out_images},
               {"left_out", report.left_out},
               {"shuffled", report.shuffled},
               {"counts", counts},
               {"wrong_share", report.audit.model.wrong_share},
               {"weights", weights},
               {"limits",
                {{"others_as_near", report.audit.limits.others_as_near},
                 {"caption_in_lists", report.audit.limits.caption_in_lists},
                 {"picture_in_lists", report.audit.limits.picture_in_lists},
                 {"same_caption", report.twins.threshold}}},
               {"pairs", lists},
               {"same_caption_pairs", report.twins.count},
               {"same_captions", twins}};
  if (report.planted) {
    json["planted"] = {{"share", report.planted->share},
                       {"seed", report.planted->seed},
                       {"captions", report.planted->swaps.planted.sum().item<std::int64_t>()},
                       {"average_precision", report.planted->average_precision},
                       {"by_similarity", report.planted->by_similarity},
                       {"chance", report.planted->chance}};
  }
  return json;
}

void print_audit(const ModelAudit& report, std::ostream& out) {
  out << printable_sentence(scope(report)) << "\n";
  const auto pairs = static_cast<double>(report.audit.pairs.size());
  for (const Verdict verdict : kVerdicts) {
    const std::int64_t count = report.count(verdict);
    out << right_aligned(with_thousands(count), 9) << "  " << left_aligned(std::string(verdict_name(verdict)), 15)
        << right_aligned(percent(static_cast<double>(count) / pairs), 7) << "\n";
  }
  out << "Estimated share of wrong captions " << percent(report.audit.model.wrong_share) << "; "
      << with_thousands(report.twins.count) << " pairs of the same caption on different pictures.\n";
  if (!report.left_out.empty()) out << "Left out " << report.left_out << ".\n";
  if (report.planted) out << planted_text(*report.planted) << "\n";
}

}  // namespace tandem
