// Which options of a training mean something beside which choices. One table for the command line
// and for sweeps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tandem/training/train_options.h"

namespace tandem {

struct OptionUse {
  std::string_view option;  ///< by its name in run.json, "loss.margin"; "head.dropout" is both heads'
  std::string_view choice;  ///< the option it depends on: "loss.kind"
  std::string_view values;  ///< of the choice, with which it is used, in words: "hinge-max or hinge-sum"
  bool (*is_used)(const TrainOptions& options, const HeadOptions& head);
};

/// Every option that only some choices use.
const std::vector<OptionUse>& option_uses();

/// The entry of an option that is set here and not used; null if it is used, or always means
/// something. The name may also be that of one head, "image_head.dropout"; "head.dropout" is used
/// where one of the two heads uses it.
const OptionUse* unused(std::string_view option, const TrainOptions& options);

}  // namespace tandem
