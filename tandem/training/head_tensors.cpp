#include "tandem/training/head_tensors.h"

#include <c10/util/Exception.h>

#include "tandem/base/errors.h"

namespace tandem {

void add_head(NamedTensors& all, const std::string& prefix, const ProjectionHead& head) {
  for (const auto& [name, tensor] : head.tensors()) all.emplace_back(prefix + name, tensor);
}

ProjectionHead read_head(const SafetensorsFile& file, const std::string& prefix, const HeadOptions& options) {
  NamedTensors tensors;
  for (const auto& [name, entry] : file.entries()) {
    if (name.starts_with(prefix)) tensors.emplace_back(name.substr(prefix.size()), file.tensor(name).clone());
  }
  try {
    return {options, tensors};
  } catch (const c10::ValueError& error) {
    throw FileError(file.path(), "the head that its options describe", error.what_without_backtrace());
  }
}

}  // namespace tandem
