#include "apps/help/help_text.h"

#include <algorithm>
#include <sstream>

#include "apps/terminal/terminal_line.h"

namespace tandem::apps {
namespace {

/// The words of a command line; spaces between quotes do not end a word.
std::vector<std::string> command_words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  char quote = '\0';
  for (const char c : line) {
    if (quote == '\0' && c == ' ') {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
      continue;
    }
    if (quote == c)
      quote = '\0';
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
    word += c;
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

/// A command in as many lines as it takes, with a backslash at the end of each but the last.
std::string broken_command(const std::string& command, std::size_t indent) {
  const std::string first(indent, ' '), next(indent + 4, ' ');
  std::string text, line = first;
  for (const std::string& word : command_words_of(command)) {
    const bool begins = line.size() == first.size() || line.size() == next.size();
    if (!begins && line.size() + 1 + word.size() + 2 > kHelpColumns) {
      text += line + " \\\n";
      line = next + word;
    } else {
      line += (line.find_first_not_of(' ') == std::string::npos ? "" : " ") + word;
    }
  }
  return text + line + "\n";
}

/// A line that begins with spaces.
std::string laid_out_line(const std::string& line) {
  if (shown_columns(line) <= kHelpColumns) return line + "\n";
  const std::size_t indent = line.find_first_not_of(' ');
  const std::size_t comment = line.find("  # ");
  if (comment == std::string::npos || comment < indent) return broken_command(line.substr(indent), indent);
  const std::string command = line.substr(indent, comment - indent);
  const std::string short_line =
      std::string(indent, ' ') + command.substr(0, command.find_last_not_of(' ') + 1) + line.substr(comment);
  if (shown_columns(short_line) <= kHelpColumns) return short_line + "\n";
  return std::string(indent, ' ') + line.substr(comment + 2) + "\n" + broken_command(command, indent);
}

}  // namespace

std::vector<std::string> wrapped(const std::string& text, std::size_t columns) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) {
    if (!line.empty() && shown_columns(line) + 1 + shown_columns(word) > columns) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string two_columns(const std::string& left, const std::string& right, std::size_t right_begins) {
  std::string text = "  " + left;
  const std::vector<std::string> lines = wrapped(right, kHelpColumns - right_begins);
  if (lines.empty()) return text + "\n";
  if (shown_columns(text) + 2 > right_begins) {
    text += "\n" + std::string(right_begins, ' ');
  } else {
    text.append(right_begins - shown_columns(text), ' ');
  }
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += (i == 0 ? "" : std::string(right_begins, ' ')) + lines[i] + "\n";
  return text;
}

std::string laid_out(const std::string& text) {
  std::string result, paragraph;
  const auto end_paragraph = [&] {
    for (const std::string& line : wrapped(paragraph, kHelpColumns)) result += line + "\n";
    paragraph.clear();
  };
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool is_heading = line.ends_with(':');
    if (!line.empty() && line.front() != ' ' && !is_heading) {
      paragraph += (paragraph.empty() ? "" : " ") + line;
      continue;
    }
    end_paragraph();
    result += line.empty() || is_heading ? line + "\n" : laid_out_line(line);
  }
  end_paragraph();
  return result;
}

}  // namespace tandem::apps
