# Writes OUTPUT, which defines tandem::page_source(name) over the bytes of FILES; names are relative to ROOT.
set(branches "")
foreach(file IN LISTS FILES)
  file(RELATIVE_PATH name "${ROOT}" "${file}")
  file(READ "${file}" text)
  string(FIND "${text}" ")page_source\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} contains the mark that ends a page's text.")
  endif()
  string(APPEND branches "  if (name == \"${name}\") return R\"page_source(${text})page_source\";\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made by pages/embed.cmake.
#include \"tandem/figures/page_template.h\"

#include <stdexcept>
#include <string>

namespace tandem {

std::string_view page_source(std::string_view name) {
${branches}\
  throw std::logic_error(\"no page source \" + std::string(name));
}

}  // namespace tandem
")
