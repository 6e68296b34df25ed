// Writes the pages that the browser tests walk through, from drawn shapes and formulas.
//   sample_pages atlas FOLDER          FOLDER/atlas.html: 121 pictures, 243 captions, some of them
//                                      hostile
//   sample_pages many POINTS FOLDER    FOLDER/many.html: so many points, a fifth of them pictures
//   sample_pages examples FOLDER       FOLDER/examples.html
//   sample_pages search FOLDER         FOLDER/search.html
//   sample_pages audit FOLDER          FOLDER/audit.html: 120 ambiguous captions, hubs, no wrong ones
//   sample_pages data FOLDER           FOLDER/data.html and FOLDER/faultless.html
//   sample_pages report FOLDER         FOLDER/report.html
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "tandem/figures/atlas_page.h"
#include "tandem/figures/audit_page.h"
#include "tandem/figures/data_page.h"
#include "tandem/figures/examples_page.h"
#include "tandem/figures/report_page.h"
#include "tandem/figures/search_page.h"
#include "tandem/figures/share_bars.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/reports/map_landscape.h"
#include "tandem/reports/thumbnails.h"
#include "tandem/retrieval/recall.h"
#include "tandem/retrieval/top_k.h"
#include "tandem/storage/atomic_file.h"

namespace {

using namespace tandem;

struct NamedColour {
  const char* name;
  std::array<std::uint8_t, 3> rgb;
};
constexpr std::array kColours = {NamedColour{"red", {220, 30, 30}},  NamedColour{"green", {30, 160, 60}},
                                 NamedColour{"blue", {40, 60, 220}}, NamedColour{"yellow", {240, 220, 40}},
                                 NamedColour{"black", {20, 20, 20}}, NamedColour{"white", {245, 245, 245}}};
constexpr std::array kShapes = {"circle", "square", "triangle", "stripe"};
constexpr std::int64_t kWidth = 240, kHeight = 160;

bool inside(std::size_t shape, double x, double y) {  // from -1 to 1
  switch (shape) {
    case 0:
      return x * x + y * y < 0.5;
    case 1:
      return std::abs(x) < 0.6 && std::abs(y) < 0.6;
    case 2:
      return y > -0.7 && y < 0.7 && std::abs(x) < (y + 0.7) / 2;
    default:
      return std::abs(y) < 0.2;
  }
}

RgbImage drawn(std::size_t shape, std::size_t colour, std::size_t ground) {
  RgbImage image{.height = kHeight, .width = kWidth, .pixels = {}};
  for (std::int64_t y = 0; y < kHeight; ++y) {
    for (std::int64_t x = 0; x < kWidth; ++x) {
      const double middle_x = (x - kWidth / 2.0) / (kHeight / 2.0);
      const double middle_y = (y - kHeight / 2.0) / (kHeight / 2.0);
      const auto& rgb = kColours[inside(shape, middle_x, middle_y) ? colour : ground].rgb;
      image.pixels.insert(image.pixels.end(), rgb.begin(), rgb.end());
    }
  }
  return image;
}

/// Captioned shapes, and embeddings that know the shape well and the colours less.
struct Shapes {
  std::vector<PictureSource> pictures;
  std::vector<std::string> ids, captions, labels;
  std::vector<std::int64_t> image_of_text;
  at::Tensor image, text;
};

Shapes make_shapes(const std::filesystem::path& folder) {
  Shapes made;
  std::vector<std::array<double, 3>> kinds;
  const auto add = [&](const std::string& id, const RgbImage& image, const std::string& label,
                       const std::vector<std::string>& captions) {
    write_file(folder / id, encode_jpeg(image, 90));
    for (const std::string& caption : captions) {
      made.captions.push_back(caption);
      made.image_of_text.push_back(static_cast<std::int64_t>(made.ids.size()));
    }
    made.ids.push_back(id);
    made.pictures.push_back({.file = folder / id});
    made.labels.push_back(label);
  };
  for (std::size_t shape = 0; shape < kShapes.size(); ++shape) {
    for (std::size_t colour = 0; colour < kColours.size(); ++colour) {
      for (std::size_t ground = 0; ground < kColours.size(); ++ground) {
        if (ground == colour) continue;
        const std::string what = std::string(kColours[colour].name) + " " + kShapes[shape];
        add("shape" + std::to_string(100 + made.ids.size()) + ".jpg", drawn(shape, colour, ground), kShapes[shape],
            {"a " + what + " on a " + kColours[ground].name + " ground",
             std::string(kShapes[shape]) + ", " + kColours[colour].name + ", over " + kColours[ground].name});
        kinds.push_back({static_cast<double>(shape), static_cast<double>(colour), static_cast<double>(ground)});
      }
    }
  }
  add("dot.jpg", {.height = 1, .width = 1, .pixels = {200, 40, 40}}, "dot",
      {"</script><img src=x onerror=alert(1)><b>markup</b> & \"quotes\"", "كلب أحمر يجري على العشب",
       "a family of emoji 👩‍👩‍👧‍👦 🐕 and a naïve CAFÉ"});
  kinds.push_back({4, 0, 0});

  const auto side = [&](std::uint64_t seed, const std::vector<std::int64_t>& of) {
    at::Tensor rows =
        0.35 * at::randn({static_cast<std::int64_t>(of.size()), 24}, at::detail::createCPUGenerator(seed));
    for (std::size_t i = 0; i < of.size(); ++i) {
      const auto& [shape, colour, ground] = kinds[of[i]];
      rows[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(shape)] += 2.0;
      rows[static_cast<std::int64_t>(i)][6 + static_cast<std::int64_t>(colour)] += 1.2;
      rows[static_cast<std::int64_t>(i)][13 + static_cast<std::int64_t>(ground)] += 0.8;
    }
    return rows / rows.norm(2, 1, true);
  };
  std::vector<std::int64_t> every;
  for (std::size_t i = 0; i < made.ids.size(); ++i) every.push_back(static_cast<std::int64_t>(i));
  made.image = side(1, every);
  made.text = side(2, made.image_of_text);
  return made;
}

/// Shapes on a circle, colours around each of them: a map one can predict.
at::Tensor places(const at::Tensor& rows, std::uint64_t seed) {
  at::Tensor points = 0.18 * at::randn({rows.size(0), 2}, at::detail::createCPUGenerator(seed));
  for (std::int64_t i = 0; i < rows.size(0); ++i) {
    const double shape = rows[i].narrow(0, 0, 5).argmax().item<double>();
    const double colour = rows[i].narrow(0, 6, 6).argmax().item<double>();
    points[i][0] += 4 * std::cos(shape * 1.2566) + 1.2 * std::cos(colour * 1.047);
    points[i][1] += 4 * std::sin(shape * 1.2566) + 1.2 * std::sin(colour * 1.047);
  }
  return points;
}

/// The verdict on a caption of the atlas, by its number; empty where there is none.
std::string sample_verdict(std::size_t caption) {
  if (caption % 17 == 3) return "wrong caption";
  if (caption % 11 == 5) return "ambiguous";
  return caption % 29 == 7 ? "" : "aligned";
}

void write_atlas(const std::filesystem::path& folder) {
  const Shapes shapes = make_shapes(folder);
  const at::Tensor image_of_text = at::tensor(shapes.image_of_text);
  const RetrievalRanks ranks = retrieval_ranks(shapes.image, shapes.text, image_of_text);
  const Nearest captions = top_k(shapes.image, shapes.text, 8);
  const Nearest images = top_k(shapes.text, shapes.image, 8);
  JointMap map{.image_points = places(shapes.image, 3),
               .text_points = places(shapes.text, 4),
               .image_of_text = shapes.image_of_text,
               .title = "Shapes: pictures & captions in one space",
               .note = "121 pictures, 243 captions, placed by formula"};
  Atlas atlas{.map = std::move(map),
              .image_ids = shapes.ids,
              .captions = shapes.captions,
              .image_labels = shapes.labels,
              .caption_verdicts = {},
              .image_ranks = ranks.image_to_text,
              .caption_ranks = ranks.text_to_image,
              .own_similarity = (shapes.image.index_select(0, image_of_text) * shapes.text).sum(1),
              .captions_of_image = {.row = captions.row, .similarity = captions.similarity},
              .images_of_caption = {.row = images.row, .similarity = images.similarity}};
  for (std::size_t j = 0; j < shapes.captions.size(); ++j) atlas.caption_verdicts.push_back(sample_verdict(j));
  atlas.thumbnails = thumbnail_sheets(shapes.pictures, atlas.map.image_points);
  atlas.landscape = map_landscape(atlas.map, atlas.captions);
  write_atlas_page(folder / "atlas.html", atlas);
}

void write_many(std::int64_t points, const std::filesystem::path& folder) {
  const std::int64_t images = points / 5;
  const std::int64_t texts = points - images;
  const auto generator = [](std::uint64_t seed) { return at::detail::createCPUGenerator(seed); };
  const auto cloud = [&](std::int64_t count, std::uint64_t seed) {
    const at::Tensor centre = 12 * at::randn({200, 2}, generator(1));
    return centre.index_select(0, at::randint(200, {count}, generator(seed), at::kLong)) +
           at::randn({count, 2}, generator(seed + 1));
  };
  JointMap map{.image_points = cloud(images, 2),
               .text_points = cloud(texts, 4),
               .image_of_text = {},
               .title = "Many points",
               .note = "placed by chance"};
  Atlas atlas{.map = std::move(map),
              .image_ids = {},
              .captions = {},
              .image_labels = {},
              .caption_verdicts = {},
              .image_ranks = std::vector<std::int64_t>(images, 1),
              .caption_ranks = {},
              .own_similarity = at::zeros({texts}),
              .captions_of_image = {.row = at::randint(texts, {images, 8}, generator(6), at::kLong),
                                    .similarity = at::zeros({images, 8})},
              .images_of_caption = {.row = at::randint(images, {texts, 8}, generator(7), at::kLong),
                                    .similarity = at::zeros({texts, 8})}};
  for (std::int64_t i = 0; i < images; ++i) atlas.image_ids.push_back("picture" + std::to_string(i) + ".jpg");
  for (std::int64_t j = 0; j < texts; ++j) {
    atlas.captions.push_back("caption number " + std::to_string(j) +
                             " about something that a photograph might well show");
    atlas.caption_ranks.push_back(1 + j % 200);
    atlas.map.image_of_text.push_back(j % images);
  }
  atlas.thumbnails.places.resize(images);
  atlas.landscape = map_landscape(atlas.map, atlas.captions);
  write_atlas_page(folder / "many.html", atlas);
}

/// The first pairs whose picture has a rank from `least` to `most` for its caption.
void write_examples(const std::filesystem::path& folder) {
  const Shapes shapes = make_shapes(folder);
  const RetrievalRanks ranks = retrieval_ranks(shapes.image, shapes.text, at::tensor(shapes.image_of_text));
  const std::vector<std::string> uris = thumbnail_uris(shapes.pictures, 200);
  const at::Tensor similarity = at::matmul(shapes.text, shapes.image.t());
  const auto between = [&](const std::string& name, std::int64_t least, std::int64_t most) {
    ExampleSection section{
        .name = name, .what = "Rank " + std::to_string(least) + " to " + std::to_string(most) + ".", .examples = {}};
    for (std::int64_t j = similarity.size(0) - 1; j >= 0 && section.examples.size() < 8; --j) {
      if (ranks.text_to_image[j] < least || ranks.text_to_image[j] > most) continue;
      const std::int64_t own = shapes.image_of_text[j];
      Example example{.picture = {shapes.ids[own], uris[own]},
                      .own_captions = {{shapes.captions[j], similarity[j][own].item<double>(), 1}},
                      .preferred_captions = {{shapes.captions[(j + 7) % shapes.captions.size()], 0.5, 2}},
                      .picture_rank = ranks.text_to_image[j],
                      .preferred_pictures = {}};
      const Nearest nearest = top_k(shapes.text.narrow(0, j, 1), shapes.image, 3);
      for (std::int64_t place = 0; place < 3; ++place) {
        const std::int64_t i = nearest.row[0][place].item<std::int64_t>();
        if (i != own)
          example.preferred_pictures.push_back(
              {{shapes.ids[i], uris[i]}, nearest.similarity[0][place].item<double>(), place + 1});
      }
      section.examples.push_back(example);
    }
    return section;
  };
  write_examples_page(folder / "examples.html", "Shapes: aligned & misaligned pairs", "121 pictures, 243 captions.",
                      {{"rank 1", 100}, {"2 to 5", 90}, {"6 to 10", 40}, {"11 to 100", 13}, {"over 100", 0}},
                      {between("Best aligned", 1, 1), between("Near misses", 2, 5), between("Worst aligned", 6, 200)});
}

/// Pictures by words, captions by a picture, and a hostile query whose picture is gone.
void write_search(const std::filesystem::path& folder) {
  const Shapes shapes = make_shapes(folder);
  SearchPage page{.title = "3 searches", .note = "In 121 drawn shapes.", .pictures = {}, .queries = {}};
  const std::vector<std::string> uris = thumbnail_uris(shapes.pictures, 400);
  for (std::size_t i = 0; i < shapes.ids.size(); ++i) page.pictures.push_back({shapes.ids[i], uris[i]});
  page.pictures.push_back({"gone.jpg", ""});
  const Nearest pictures = top_k(shapes.text.narrow(0, 0, 1), shapes.image, 12);
  const Nearest captions = top_k(shapes.image.narrow(0, 7, 1), shapes.text, 6);
  SearchPageQuery words{.words = "a red circle", .note = "Pictures, the nearest first.", .hits = {}};
  for (std::int64_t place = 0; place < 12; ++place) {
    const std::int64_t i = pictures.row[0][place].item<std::int64_t>();
    words.hits.push_back({.picture = i, .similarity = pictures.similarity[0][place].item<double>(), .captions = {}});
    for (std::size_t j = 0; j < shapes.captions.size(); ++j) {
      if (shapes.image_of_text[j] == i) words.hits.back().captions.push_back(shapes.captions[j]);
    }
  }
  SearchPageQuery picture{.words = shapes.ids[7],
                          .picture = 7,
                          .note = "Captions, the nearest first, in the order corrected for hubs by nnn.",
                          .finds_captions = true,
                          .hits = {}};
  for (std::int64_t place = 0; place < 6; ++place) {
    const std::int64_t j = captions.row[0][place].item<std::int64_t>();
    picture.hits.push_back({.picture = shapes.image_of_text[j],
                            .similarity = captions.similarity[0][place].item<double>(),
                            .captions = {shapes.captions[j]}});
  }
  const auto gone = static_cast<std::int64_t>(page.pictures.size()) - 1;
  page.queries = {words,
                  picture,
                  {.words = "</script><b>bold</b> كلب أحمر",
                   .note = "Pictures, the nearest first.",
                   .hits = {{.picture = gone, .similarity = 0.5, .captions = {"</script><b>a caption</b>"}}}}};
  write_search_page(folder / "search.html", page);
}

std::vector<PagePicture> page_pictures(const Shapes& shapes) {
  const std::vector<std::string> uris = thumbnail_uris(shapes.pictures, 200);
  std::vector<PagePicture> pictures;
  for (std::size_t i = 0; i < uris.size(); ++i) pictures.push_back({shapes.ids[i], uris[i]});
  return pictures;
}

void write_audit(const std::filesystem::path& folder) {
  const Shapes shapes = make_shapes(folder);
  const auto cards = [&](std::size_t first, std::size_t count) {
    std::vector<AuditCard> made;
    for (std::size_t j = first; j < first + count; ++j) {
      const auto own = static_cast<std::size_t>(shapes.image_of_text[j]);
      made.push_back({.picture = own,
                      .caption = shapes.captions[j],
                      .own_captions = {"another of picture " + std::to_string(own)},
                      .numbers = "chance of being wrong " + std::to_string(j) + "%",
                      .planted = j % 10 == 0,
                      .other_captions = {shapes.captions[j + 1]},
                      .other_pictures = {own == 0 ? 1 : own - 1}});
    }
    return made;
  };
  AuditPage page{.title = "Shapes: audit", .note = "121 pictures", .method = {{"hub", "near to many"}}};
  page.pictures = page_pictures(shapes);
  page.sections = {
      {.id = "wrong", .title = "Likely wrong captions", .explanation = "Far.", .count = 0, .cards = {}},
      {.id = "ambiguous", .title = "Ambiguous", .explanation = "Many.", .count = 150, .cards = cards(0, 120)},
      {.id = "hub", .title = "Hubs", .explanation = "Near.", .count = 3, .cards = cards(239, 3)}};
  page.twins_count = 1;
  page.twins = {{.first = 0, .second = 1, .first_caption = "one", .second_caption = "<b>two</b>", .similarity = 0.9}};
  write_audit_page(folder / "audit.html", page);
}

void write_data(const std::filesystem::path& folder) {
  const Shapes shapes = make_shapes(folder);
  DataPage page{.title = "What is in shapes", .note = "shapes: 0 errors, 0 warnings, 0 notes."};
  page.tables = {{.title = "Pictures a split", .bars = {{"train", 100}, {"test", 21}}}};
  write_data_page(folder / "faultless.html", page);
  const std::vector<PagePicture> pictures = page_pictures(shapes);
  for (std::size_t i = 0; i < pictures.size(); i += 8)
    page.samples.push_back({pictures[i], "train", "240 x 160", shapes.captions[2 * i]});
  page.samples_note = "16 of 121 pictures.";
  page.groups = {{.title = "the same bytes", .leaks = true, .pictures = {page.samples[0], page.samples[1]}}};
  page.findings = {{.severity = "error", .what = "groups in several splits", .count = 1, .names = {"<b>a</b>"}}};
  write_data_page(folder / "data.html", page);
}

/// A short report on the shapes, with every kind of block; the last picture is missing.
void write_report(const std::filesystem::path& folder) {
  const Shapes shapes = make_shapes(folder);
  ReportDocument report{
      .title = "Report on <shapes>", .subtitle = "121 pictures", .tiles = {{"Recall", "38.4%", "R@1"}}};
  const std::vector<std::string> jpegs = thumbnail_jpegs(shapes.pictures, 200);
  for (std::size_t i = 0; i < jpegs.size(); ++i)
    report.pictures.push_back({shapes.ids[i], i + 1 < jpegs.size() ? jpegs[i] : ""});
  ReportTable table{.columns = {{.heading = "Way", .is_text = true}}, .rows = {{.cells = {{"Caption to picture"}}}}};
  for (int column = 1; column <= 9; ++column) {
    table.columns.push_back({"R@" + std::to_string(column)});
    table.rows[0].cells.push_back({"38.4", "36.9–40.1"});
  }
  const auto draw = [](const FigureTarget& target) {
    draw_share_bars(target, {{"rank 1", &Theme::aligned}, {"later", &Theme::misaligned}}, {{"captions", {3, 1}}},
                    "Ranks");
  };
  ReportCards cards{.title = "Best", .what = "", .cards = {}};
  for (std::size_t i = 0; i < 4; ++i)
    cards.cards.push_back({.picture = 117 + i,
                           .text = shapes.captions[shapes.captions.size() - 4 + i],
                           .verdict = "Rank 1",
                           .hits = {{.picture = 5 * i, .note = "1 · 0.43", .own = true}}});
  report.notices = {{"These numbers are loose.", ReportTone::kWarning}};
  report.sections = {{"results", "Results", {table, ReportCharts{{{"Where the answer is", "", draw}}}}},
                     {"pairs", "Pairs", {cards}}};
  write_file(folder / "report.html", report_page(report));
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> given(words + 1, words + count);
  if (given.size() == 2 && given[0] == "atlas") {
    write_atlas(given[1]);
  } else if (given.size() == 3 && given[0] == "many") {
    write_many(std::stoll(given[1]), given[2]);
  } else if (given.size() == 2 && given[0] == "examples") {
    write_examples(given[1]);
  } else if (given.size() == 2 && given[0] == "search") {
    write_search(given[1]);
  } else if (given.size() == 2 && given[0] == "audit") {
    write_audit(given[1]);
  } else if (given.size() == 2 && given[0] == "data") {
    write_data(given[1]);
  } else if (given.size() == 2 && given[0] == "report") {
    write_report(given[1]);
  } else {
    std::cerr
        << "usage: sample_pages atlas | examples | search | audit | data | report FOLDER, or many POINTS FOLDER\n";
    return 2;
  }
}
