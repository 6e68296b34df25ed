// A head's tensors among others in one file, told apart by a prefix of their names.
#pragma once

#include <string>

#include "tandem/heads/projection_head.h"
#include "tandem/storage/safetensors.h"

namespace tandem {

void add_head(NamedTensors& all, const std::string& prefix, const ProjectionHead& head);

/// Throws FileError if the tensors are not those of a head with these options.
ProjectionHead read_head(const SafetensorsFile& file, const std::string& prefix, const HeadOptions& options);

}  // namespace tandem
