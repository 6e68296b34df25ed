// list_data SPEC: what reading captions and places costs, without what the doctor adds. Prints
// JSON.
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/parsing/tar_members.h"
#include "tandem/readers/data_spec.h"
#include "tandem/storage/json_file.h"

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Of all threads, since the start of the program.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// VmHWM; getrusage would count what the process that started this one had.
double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
  }
  return 0;
}

/// Every member of every tar file of the folder in one thread; with `texts`, those that are no
/// pictures are read.
std::int64_t count_members(const std::filesystem::path& folder, bool texts) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 20;
  std::int64_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    tandem::TarMembers members(entry.path());
    while (const auto member = members.next()) {
      ++count;
      if (texts && !member->name.ends_with(".jpg") && members.read(*member, kLimit).empty())
        throw tandem::FileError(entry.path(), "a text", "nothing in " + member->name);
    }
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: list_data SPEC, members:FOLDER or texts:FOLDER\n";
    return 2;
  }
  try {
    const std::string spec = argv[1];
    const double before = peak_mib();
    const auto start = std::chrono::steady_clock::now();
    const double cpu_start = cpu_seconds();
    tandem::Json result;
    if (spec.starts_with("members:") || spec.starts_with("texts:")) {
      result["members"] = count_members(spec.substr(spec.find(':') + 1), spec.starts_with("texts:"));
      result["cpu_seconds"] = cpu_seconds() - cpu_start;
      result["seconds"] = seconds_since(start);
    } else {
      const tandem::CaptionSet set = tandem::read_data(spec, {});
      result["cpu_seconds"] = cpu_seconds() - cpu_start;
      result["seconds"] = seconds_since(start);
      result["pictures"] = set.images.size();
      result["captions"] = set.caption_count();
    }
    result["peak_mib"] = peak_mib();
    result["mib_before"] = before;
    std::cout << result.dump() << "\n";
  } catch (const std::exception& error) {
    std::cerr << "list_data: " << error.what() << "\n";
    return 2;
  }
  return 0;
}
