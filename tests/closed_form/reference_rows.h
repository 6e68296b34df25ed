// Rows and answers of tests/reference/make_closed_form_reference.py.
#pragma once

#include "tandem/closed_form/paired_axes.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

namespace tandem::tests {

struct ReferenceRows {
  SafetensorsFile file = SafetensorsFile::open(reference_dir() / "closed_form" / "closed_form.safetensors");
  CaptionedRows train = {
      .image = file.tensor("image"), .text = file.tensor("text"), .image_of_text = file.tensor("partner")};
  at::Tensor new_image = file.tensor("new_image");  ///< [8, 9]
  at::Tensor new_text = file.tensor("new_text");    ///< [16, 6]
};

}  // namespace tandem::tests
