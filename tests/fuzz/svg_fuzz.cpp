#include "fuzz/fuzz.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/readers/svg_metadata.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(svg) {
  const SvgMetadata metadata = read_svg_metadata(fuzz::text_of(data, size));
  without_tags(metadata.description);
  decode_entities(metadata.title);
  if (!is_utf8(metadata.title) || !is_utf8(metadata.description)) std::abort();
  return 0;
}
