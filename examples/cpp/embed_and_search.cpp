// Finds the pictures of a folder that fit a sentence.
//
//   example_embed_and_search RUN FOLDER "a dog on a beach"
//
// RUN is a trained model, the folder that `tandem train` writes. FOLDER holds picture files alone.

#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <vector>

#include "tandem/model/model.h"
#include "tandem/retrieval/top_k.h"

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void search(const char* run, const char* folder, const char* words) {
  const tandem::Model model = tandem::Model::open(run);
  const std::vector<std::filesystem::path> files = files_in(folder);

  // Pictures and texts become rows of unit length in one space, so that their dot product is the
  // cosine similarity.
  const at::Tensor pictures = model.embed_pictures(files);  // [number of files, D]
  const at::Tensor text = model.embed_texts({words});       // [1, D]

  const tandem::Nearest nearest = tandem::top_k(text, pictures, 5);
  const auto similarity = nearest.similarity.accessor<float, 2>();
  const auto row = nearest.row.accessor<std::int64_t, 2>();
  std::cout << files.size() << " pictures, embedded in " << model.embedding_width() << " columns\n";
  std::cout << "nearest to \"" << words << "\":\n";
  for (std::int64_t place = 0; place < row.size(1); ++place)
    std::cout << "  " << similarity[0][place] << "  " << files[row[0][place]].filename().string() << "\n";
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::cerr << "usage: example_embed_and_search RUN FOLDER WORDS\n";
    return 2;
  }
  try {
    search(arguments[1], arguments[2], arguments[3]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
