// A table's file -> its rows and columns, whatever its format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/parsing/csv_rows.h"
#include "tandem/readers/table.h"

namespace tandem {

struct TableRows {
  std::vector<CsvRow> rows;         ///< without a row of names
  std::vector<std::string> header;  ///< names of the columns; empty: the table has none
  TableColumns columns;
  std::vector<std::string> remarks;  ///< how the table was understood, where that is not plain
  std::string unit;                  ///< what a row is counted in: "line" or "item"
  bool is_separated = false;         ///< CSV or TSV

  /// "line 12", "item 3".
  std::string place(const CsvRow& row) const { return unit + " " + std::to_string(row.line); }
};

/// Reads the file. Throws as read_table does.
TableRows read_table_rows(const std::filesystem::path& file, TableFormat format, const TableOptions& options);

}  // namespace tandem
