#include "tandem/evaluation/audit_verdicts.h"

#include <ATen/core/TensorAccessor.h>

#include <algorithm>
#include <map>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/parsing/csv_rows.h"
#include "tandem/parsing/spreadsheet_cell.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

std::size_t column_named(const std::filesystem::path& file, const CsvRow& names, const std::string& name) {
  const auto found = std::find(names.fields.begin(), names.fields.end(), name);
  if (found == names.fields.end())
    throw FileError(file, "a column \"" + name + "\" in the first line, as 'tandem audit' writes it", "none");
  return static_cast<std::size_t>(found - names.fields.begin());
}

}  // namespace

std::vector<std::string> read_verdicts(const std::filesystem::path& file, const FeatureManifest& manifest,
                                       const PairedFeatures& shown) {
  const std::vector<CsvRow> rows = parse_csv(read_file(file), file);
  if (rows.empty()) throw FileError(file, "verdicts as 'tandem audit' writes them", "an empty file");
  const std::size_t id = column_named(file, rows.front(), "id");
  const std::size_t caption = column_named(file, rows.front(), "caption");
  const std::size_t verdict = column_named(file, rows.front(), "verdict");
  std::map<std::pair<std::string, std::string>, std::string> verdicts;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (!rows[i].fault.empty())
      throw FileError(file, "as many fields in every line as in the first",
                      std::to_string(rows[i].fields.size()) + " in " + line_name(rows[i].line));
    verdicts[{text_of_cell(rows[i].fields[id]), text_of_cell(rows[i].fields[caption])}] = rows[i].fields[verdict];
  }
  const auto partner = shown.image_of_text.accessor<std::int64_t, 1>();
  std::vector<std::string> of_captions(shown.text_in_store.size());
  bool any = false;
  for (std::size_t j = 0; j < of_captions.size(); ++j) {
    const std::string& picture = manifest.image_ids[shown.image_in_store[partner[static_cast<std::int64_t>(j)]]];
    const auto found = verdicts.find({picture, manifest.captions[shown.text_in_store[j]]});
    if (found == verdicts.end()) continue;
    of_captions[j] = found->second;
    any = true;
  }
  if (!any)
    throw FileError(file, "verdicts on the pairs of this map, by picture id and caption",
                    "none among its " + std::to_string(rows.size() - 1) + " lines");
  return of_captions;
}

}  // namespace tandem
