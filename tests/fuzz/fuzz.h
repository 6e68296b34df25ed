// What every fuzz target shares. A target reads any bytes; a FileError is an answer, anything else
// that is thrown is a fault.
//
//   TANDEM_FUZZ_TARGET(csv) { return fuzz::answer([&] { parse_csv(fuzz::text_of(data, size),
//   "x.csv", ','); }); }
//   TANDEM_LARGE_SEEDS(csv) { return {fuzz::repeated("a,", 1'000'000)}; }
//
// A program for libFuzzer (TANDEM_LIBFUZZER) holds one target; fuzz_replay holds them all and finds
// them by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/base/errors.h"

namespace tandem::fuzz {

/// A folder in memory for what readers want to find on a disk; holds a.jpg and, while it lives, the
/// file under test.
class Folder {
 public:
  Folder() {
    std::string pattern = "/dev/shm/tandem-fuzz-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
    write("a.jpg", "picture");
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path write(const std::string& name, std::string_view bytes) {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A target, and the inputs too long to be kept as files: they are made when they are replayed.
struct Target {
  int (*run)(const std::uint8_t* data, std::size_t size) = nullptr;
  std::vector<std::string> (*large_seeds)() = nullptr;
};

inline std::map<std::string, Target>& targets() {
  static std::map<std::string, Target> all;
  return all;
}

inline bool add_target(const char* name, int (*run)(const std::uint8_t* data, std::size_t size)) {
  targets()[name].run = run;
  return true;
}

inline bool add_large_seeds(const char* name, std::vector<std::string> (*large_seeds)()) {
  targets()[name].large_seeds = large_seeds;
  return true;
}

inline std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

/// before0after before1after ...
inline std::string counted(std::string_view before, std::string_view after, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all.append(before).append(std::to_string(i)).append(after);
  return all;
}

/// JSON: lists in lists, and objects in objects.
inline std::string nested_lists(std::size_t depth) { return repeated("[", depth) + repeated("]", depth); }
inline std::string nested_objects(std::size_t depth) { return repeated("{\"a\":", depth) + "0" + repeated("}", depth); }

template <typename Read>
int answer(const Read& read) {
  try {
    read();
  } catch (const FileError&) {
  }
  return 0;
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace tandem::fuzz

#ifdef TANDEM_LIBFUZZER
#define TANDEM_FUZZ_TARGET(name) extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
#define TANDEM_LARGE_SEEDS(name) [[maybe_unused]] static std::vector<std::string> name##_large_seeds()
#else
#define TANDEM_FUZZ_TARGET(name)                                                                           \
  static int name##_target(const std::uint8_t* data, std::size_t size);                                    \
  [[maybe_unused]] static const bool name##_target_added = tandem::fuzz::add_target(#name, name##_target); \
  static int name##_target([[maybe_unused]] const std::uint8_t* data, [[maybe_unused]] std::size_t size)
#define TANDEM_LARGE_SEEDS(name)                                \
  static std::vector<std::string> name##_large_seeds();         \
  [[maybe_unused]] static const bool name##_large_seeds_added = \
      tandem::fuzz::add_large_seeds(#name, name##_large_seeds); \
  static std::vector<std::string> name##_large_seeds()
#endif
