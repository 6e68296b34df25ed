#include "tandem/figures/data_page.h"

#include "tandem/figures/page_template.h"
#include "tandem/storage/atomic_file.h"

namespace tandem {
namespace {

nlohmann::json pictures_json(const std::vector<DataPagePicture>& pictures) {
  nlohmann::json list = nlohmann::json::array();
  for (const DataPagePicture& picture : pictures) {
    check_thumbnail("write_data_page", picture.picture.thumbnail_data_uri);
    list.push_back({{"id", picture.picture.id},
                    {"src", picture.picture.thumbnail_data_uri},
                    {"split", picture.split},
                    {"size", picture.size},
                    {"caption", picture.caption}});
  }
  return list;
}

nlohmann::json page_json(const DataPage& page) {
  nlohmann::json findings = nlohmann::json::array();
  nlohmann::json tables = nlohmann::json::array();
  nlohmann::json groups = nlohmann::json::array();
  for (const DataPageFinding& finding : page.findings) {
    findings.push_back(
        {{"severity", finding.severity}, {"what", finding.what}, {"count", finding.count}, {"names", finding.names}});
  }
  for (const DataPageTable& table : page.tables) tables.push_back({{"title", table.title}, {"bars", table.bars}});
  for (const DataPageGroup& group : page.groups) {
    groups.push_back({{"title", group.title}, {"leaks", group.leaks}, {"pictures", pictures_json(group.pictures)}});
  }
  return {{"remarks", page.remarks},
          {"findings", findings},
          {"tables", tables},
          {"groups", groups},
          {"odd", pictures_json(page.odd)},
          {"samplesNote", page.samples_note},
          {"samples", pictures_json(page.samples)}};
}

}  // namespace

void write_data_page(const std::filesystem::path& out, const DataPage& page) {
  const nlohmann::json data = page_json(page);
  check_page_path(out);
  const std::string style = page_sources({"theme.css", "data.css", "enlarge.css"});
  write_file(out, fill_page(page_source("data.html"), {{"title", html_text(page.title)},
                                                       {"note", html_text(page.note)},
                                                       {"style", style},
                                                       {"data", script_json(data)},
                                                       {"script", page_sources({"enlarge.js", "data.js"})}}));
}

}  // namespace tandem
