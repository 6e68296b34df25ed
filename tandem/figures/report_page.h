// A report as one self-contained web page.
#pragma once

#include <string>

#include "tandem/figures/report_document.h"

namespace tandem {

/// The bytes of the page. It needs neither network nor script, can be read on a phone, follows the
/// reader's light or dark setting and can be printed.
/// Throws std::out_of_range if a card names a picture that the document does not have.
std::string report_page(const ReportDocument& document);

}  // namespace tandem
