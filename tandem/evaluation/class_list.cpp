#include "tandem/evaluation/class_list.h"

#include <ATen/ops/tensor.h>

#include <map>
#include <set>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {

ClassList read_classes(const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  if (!is_utf8(bytes)) throw FileError(file, "UTF-8 text", "other bytes");
  std::string_view text = without_byte_order_mark(bytes);
  ClassList classes;
  std::map<std::string, std::int64_t> line_of;
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::string_view whole = take_line(text);
    const std::size_t tab = whole.find('\t');
    const std::string label = clean_caption(whole.substr(0, tab));
    const std::string words = tab == std::string_view::npos ? label : clean_caption(whole.substr(tab + 1));
    const std::string place = "line " + std::to_string(line);
    if (is_blank(label) || is_blank(words)) throw FileError(file, "a class on " + place, "an empty line");
    const auto [known, fresh] = line_of.emplace(label, line);
    if (!fresh)
      throw FileError(file, "each class once",
                      "\"" + label + "\" on line " + std::to_string(known->second) + " and " + place);
    classes.labels.push_back(label);
    classes.words.push_back(words);
  }
  if (classes.labels.empty()) throw FileError(file, "classes, one per line", "an empty file");
  return classes;
}

ClassList classes_of(const std::vector<std::string>& labels, const std::filesystem::path& source) {
  std::set<std::string> different(labels.begin(), labels.end());
  different.erase("");
  if (different.empty())
    throw FileError(source, "data with classes, or --classes FILE and pictures", "pictures without a class");
  return {.labels = {different.begin(), different.end()}, .words = {different.begin(), different.end()}};
}

at::Tensor class_rows(const ClassList& classes, const std::vector<std::string>& labels,
                      const std::vector<std::string>& ids, const std::filesystem::path& source) {
  std::map<std::string, std::int64_t> row_of;
  for (std::size_t i = 0; i < classes.labels.size(); ++i) row_of[classes.labels[i]] = static_cast<std::int64_t>(i);
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].empty()) throw FileError(source, "a class of every picture", "none of " + ids[i]);
    const auto found = row_of.find(labels[i]);
    if (found == row_of.end()) {
      throw FileError(source, "pictures of the " + std::to_string(classes.labels.size()) + " classes given",
                      "\"" + labels[i] + "\", the class of " + ids[i]);
    }
    rows.push_back(found->second);
  }
  return at::tensor(rows, at::kLong);
}

}  // namespace tandem
