// The answers of a search as text, JSON and a page.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/model/gallery.h"
#include "tandem/model/search.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct AnsweredQuery {
  SearchQuery query;
  SearchAnswer answer;
};

/// One or two lines per result: rank, similarity, name and a caption; then the correction, if one
/// decides the order.
void print_answer(const AnsweredQuery& answered, const Gallery& gallery, std::ostream& out);

/// "query", "correction" ("none" if there is none) and "results".
Json answer_json(const AnsweredQuery& answered, const Gallery& gallery);

/// Writes the page of all answers, with thumbnails of every picture in them; making them is a stage.
/// Pictures that can no longer be read are blank tiles. Returns the number of these.
///
///   place  what was searched, for the title: "split test of features"
///
/// Throws FileError as write_search_page does.
std::int64_t write_search_report(const std::filesystem::path& out, const std::vector<AnsweredQuery>& answered,
                                 const Gallery& gallery, const std::string& place, const Stages& stages = {});

}  // namespace tandem
