// map_rows WORK ROWS.npy RESULT.npy [THREADS [NUMBER]]: one piece of work of the projection layer,
// timed. Prints JSON.
//   tsne        the map; NUMBER: iterations
//   pca         components; NUMBER: how many
//   randomised  components, by randomised PCA; NUMBER: how many
//   exact       neighbours; NUMBER: how many
//   parted      neighbours by partitioned_neighbours; NUMBER: how many
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

#include "tandem/maps/nearest_neighbours.h"
#include "tandem/maps/partitioned_neighbours.h"
#include "tandem/maps/randomised_pca.h"
#include "tandem/maps/tsne.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/npy_file.h"

namespace {

/// User and system time of all threads.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// VmHWM, which unlike getrusage does not count the process that started this one.
double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
  }
  return 0;
}

at::Tensor work_on(const std::string& work, const at::Tensor& rows, int number, tandem::Json& told) {
  if (work == "pca") return tandem::fit_pca(rows, number > 0 ? number : 50).components;
  if (work == "randomised") return tandem::fit_pca_randomised(rows, number > 0 ? number : 50).components;
  if (work == "exact") return tandem::nearest_neighbours(rows, number > 0 ? number : 90).row;
  if (work == "parted") return tandem::partitioned_neighbours(rows, number > 0 ? number : 90).row;
  if (work != "tsne") throw std::invalid_argument("no work called " + work);
  tandem::TsneOptions options;
  if (number > 0) options.iterations = number;
  const double start = cpu_seconds();
  const auto clock_start = std::chrono::steady_clock::now();
  options.watch = [&](int iterations, const at::Tensor&) {
    if (iterations > 0) return;
    told["cpu_s_before_descent"] = cpu_seconds() - start;
    told["seconds_before_descent"] = seconds_since(clock_start);
  };
  const tandem::TsneResult result = tandem::tsne(rows, options);
  told["kl"] = result.kl;
  return result.map;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc > 6) {
    std::cerr << "usage: map_rows tsne|pca|randomised|exact|parted ROWS.npy RESULT.npy [THREADS [NUMBER]]\n";
    return 2;
  }
  try {
    const at::Tensor rows = tandem::read_npy(argv[2]).clone();
    at::set_num_threads(argc > 4 ? std::stoi(argv[4]) : 1);
    tandem::Json told;
    const double mib_before = peak_mib();
    const double cpu_before = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    const at::Tensor result = work_on(argv[1], rows, argc > 5 ? std::stoi(argv[5]) : 0, told);
    told["seconds"] = seconds_since(start);
    told["cpu_s"] = cpu_seconds() - cpu_before;
    told["peak_mib_above_rows"] = peak_mib() - mib_before;
    tandem::write_npy(argv[3], result);
    std::cout << told.dump() << "\n";
  } catch (const std::exception& error) {
    std::cerr << "map_rows: " << error.what() << "\n";
    return 2;
  }
  return 0;
}
