#include "tandem/evaluation/ranking_files.h"

#include <array>
#include <charconv>

#include "tandem/base/joined_text.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_text.h"

namespace tandem {
namespace {

/// The shortest text that reads back as the same float.
std::string score_text(float score) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), score);
  return {text.data(), result.ptr};
}

std::string quoted(const std::string& text) { return json_line(Json(text)); }

/// `query Q0 candidate rank score tag` and `query 0 candidate 1`, one line each.
class TrecFiles : public RankingFiles {
 public:
  TrecFiles(const std::filesystem::path& run, const std::filesystem::path& qrels, std::string tag)
      : run_(run), qrels_(qrels), tag_(std::move(tag)) {}

  void add(const RankedList& list) override {
    std::string lines;
    for (std::size_t i = 0; i < list.candidates.size(); ++i)
      lines += list.query + " Q0 " + list.candidates[i] + " " + std::to_string(i + 1) + " " +
               score_text(list.scores[i]) + " " + tag_ + "\n";
    run_.write(lines);
    lines.clear();
    for (const std::string& right : list.right) lines += list.query + " 0 " + right + " 1\n";
    qrels_.write(lines);
  }

  void finish() override {
    run_.commit();
    qrels_.commit();
  }

 private:
  AtomicFile run_, qrels_;
  std::string tag_;
};

/// A JSON object that is written member by member.
class ObjectFile {
 public:
  ObjectFile(const std::filesystem::path& path, std::string_view before) : file_(path) { file_.write(before); }

  void add(const std::string& name, std::string_view value) {
    file_.write((is_first_ ? "\n" : ",\n") + quoted(name) + ": " + std::string(value));
    is_first_ = false;
  }

  void finish(std::string_view after) {
    file_.write(after);
    file_.commit();
  }

 private:
  AtomicFile file_;
  bool is_first_ = true;
};

/// {"mteb_model_meta": ..., "default": {SPLIT: {query: {candidate: score}}}} and {query: {candidate: 1}}.
class MtebFiles : public RankingFiles {
 public:
  MtebFiles(const std::filesystem::path& predictions, const std::filesystem::path& qrels,
            const RankingFilesOptions& options)
      : predictions_(predictions, R"({"mteb_model_meta": {"model_name": )" + quoted(options.tag) +
                                      R"(, "revision": null}, "default": {)" + quoted(options.split) + ": {"),
        qrels_(qrels, "{") {}

  void add(const RankedList& list) override {
    std::vector<std::string> scored, right;
    for (std::size_t i = 0; i < list.candidates.size(); ++i)
      scored.push_back(quoted(list.candidates[i]) + ": " + score_text(list.scores[i]));
    for (const std::string& candidate : list.right) right.push_back(quoted(candidate) + ": 1");
    predictions_.add(list.query, "{" + joined_text(scored, ", ") + "}");
    qrels_.add(list.query, "{" + joined_text(right, ", ") + "}");
  }

  void finish() override {
    predictions_.finish("\n}}}\n");
    qrels_.finish("\n}\n");
  }

 private:
  ObjectFile predictions_, qrels_;
};

/// {query: [candidate, ...]}, the names being numbers.
class EccvCaptionFile : public RankingFiles {
 public:
  explicit EccvCaptionFile(const std::filesystem::path& file) : lists_(file, "{") {}

  void add(const RankedList& list) override { lists_.add(list.query, "[" + joined_text(list.candidates, ", ") + "]"); }
  void finish() override { lists_.finish("\n}\n"); }

 private:
  ObjectFile lists_;
};

}  // namespace

std::optional<RankingsFormat> rankings_format_named(std::string_view name) {
  if (name == "trec") return RankingsFormat::kTrec;
  if (name == "mteb") return RankingsFormat::kMteb;
  if (name == "eccv_caption") return RankingsFormat::kEccvCaption;
  return std::nullopt;
}

std::unique_ptr<RankingFiles> open_ranking_files(RankingsFormat format, const std::filesystem::path& folder,
                                                 const RankingFilesOptions& options, StagedFiles& staged) {
  const auto stage = [&](const std::string& name) { return staged.stage(folder / name); };
  switch (format) {
    case RankingsFormat::kTrec: {
      const std::filesystem::path run = stage(options.direction + ".run");
      return std::make_unique<TrecFiles>(run, stage(options.direction + ".qrels"), word_of_id(options.tag));
    }
    case RankingsFormat::kMteb: {
      const std::filesystem::path predictions = stage(options.direction + "_predictions.json");
      return std::make_unique<MtebFiles>(predictions, stage(options.direction + "_qrels.json"), options);
    }
    case RankingsFormat::kEccvCaption:
      break;
  }
  return std::make_unique<EccvCaptionFile>(stage(options.direction == "image_to_text" ? "i2t.json" : "t2i.json"));
}

std::string word_of_id(std::string_view id) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string word;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && c != '%') {
      word += c;
    } else {
      word += '%';
      word += kDigits[byte >> 4];
      word += kDigits[byte & 15];
    }
  }
  return word;
}

}  // namespace tandem
