#include "tandem/parsing/pickled_dict.h"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <unordered_map>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

enum class Kind { kMark, kOther, kInteger, kText, kList, kTuple, kDict, kGlobal, kDtype, kArray };

struct Value {
  Kind kind = Kind::kOther;
  std::int64_t integer = 0;
  std::string_view text;      // kText: the bytes in the file; kDtype: "u1"
  std::string name;           // kGlobal: "numpy.ndarray"
  std::vector<Value*> items;  // kList, kTuple; kDict: key, value, key, value; kArray: its shape
};

constexpr std::int64_t kMostValues = 4000000;

class Unpickling {
 public:
  Unpickling(std::string_view bytes, const std::filesystem::path& file) : bytes_(bytes), file_(file) {}

  /// The dictionary. The values live as long as this.
  const Value& run() {
    while (!step()) {
    }
    if (stack_.size() != 1 || stack_.back()->kind != Kind::kDict) refuse("a dictionary", "something else");
    return *stack_.back();
  }

  std::int64_t offset_of(const Value& array) const { return array.text.data() - bytes_.data(); }

 private:
  [[noreturn]] void refuse(const std::string& expected, const std::string& found) const {
    throw FileError(file_, expected + " at byte " + std::to_string(instruction_) + " of a pickle of byte arrays",
                    found);
  }

  std::string_view take(std::uint64_t length) {
    if (length > bytes_.size() - position_)
      refuse(std::to_string(length) + " more bytes", std::to_string(bytes_.size() - position_));
    const std::string_view part = bytes_.substr(position_, length);
    position_ += length;
    return part;
  }

  /// Little-endian, without a sign.
  std::uint64_t number(int length) {
    const std::string_view part = take(length);
    std::uint64_t value = 0;
    for (int i = length; i-- > 0;) value = value << 8 | static_cast<unsigned char>(part[i]);
    return value;
  }

  std::string line() {
    const std::size_t end = bytes_.find('\n', position_);
    if (end == std::string_view::npos || end - position_ > 200) refuse("a name and the end of its line", "none");
    const std::string text(bytes_.substr(position_, end - position_));
    position_ = end + 1;
    return text;
  }

  void push(Value* value) {
    if (++pushed_ > kMostValues) refuse("at most " + std::to_string(kMostValues) + " values", "more");
    stack_.push_back(value);
  }
  Value* make(Value value) {
    values_.push_back(std::move(value));
    return &values_.back();
  }
  void push_new(Value value) { push(make(std::move(value))); }
  void push_integer(std::int64_t integer) { push_new({.kind = Kind::kInteger, .integer = integer}); }
  void push_text(std::uint64_t length) { push_new({.kind = Kind::kText, .text = take(length)}); }

  Value* pop() {
    if (stack_.empty() || stack_.back()->kind == Kind::kMark) refuse("a value", "none");
    Value* value = stack_.back();
    stack_.pop_back();
    return value;
  }
  Value* top(Kind kind, const char* what) {
    if (stack_.empty() || stack_.back()->kind != kind) refuse(what, "something else");
    return stack_.back();
  }
  /// Removes everything down to the last mark, and the mark.
  std::vector<Value*> pop_to_mark() {
    const auto mark =
        std::find_if(stack_.rbegin(), stack_.rend(), [](const Value* value) { return value->kind == Kind::kMark; });
    if (mark == stack_.rend()) refuse("a mark", "none");
    std::vector<Value*> items(mark.base(), stack_.end());
    stack_.erase(mark.base() - 1, stack_.end());
    return items;
  }
  void push_tuple(int length) {
    std::vector<Value*> items(length);
    for (int i = length; i-- > 0;) items[i] = pop();
    push_new({.kind = Kind::kTuple, .items = std::move(items)});
  }

  void push_global(const std::string& module, const std::string& name) {
    const std::string whole = module + "." + name;
    for (const char* known : {"numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
                              "numpy.ndarray", "numpy.dtype"}) {
      if (whole == known) return push_new({.kind = Kind::kGlobal, .name = whole});
    }
    refuse("nothing but arrays, lists, texts and numbers", "\"" + printable(whole) + "\", which could run code");
  }

  void reduce() {
    const Value* arguments = pop();
    const Value* callee = pop();
    if (callee->kind == Kind::kGlobal && arguments->kind == Kind::kTuple) {
      if (callee->name.ends_with("._reconstruct")) return push_new({.kind = Kind::kArray});
      if (callee->name == "numpy.dtype" && !arguments->items.empty() && arguments->items[0]->kind == Kind::kText) {
        return push_new({.kind = Kind::kDtype, .text = arguments->items[0]->text});
      }
    }
    refuse("an array or its type", "a call of something else");
  }

  /// An array's state is (version, shape, type, whether in Fortran's order, bytes). For bytes, the
  /// type's own state is irrelevant.
  void build() {
    const Value* state = pop();
    if (!stack_.empty() && stack_.back()->kind == Kind::kDtype) return;
    Value* array = top(Kind::kArray, "an array");
    const auto& items = state->items;
    const bool fits = state->kind == Kind::kTuple && items.size() == 5 && items[1]->kind == Kind::kTuple &&
                      items[2]->kind == Kind::kDtype && items[3]->kind == Kind::kInteger &&
                      items[4]->kind == Kind::kText;
    if (!fits) refuse("an array's shape, type, order and bytes", "something else");
    if (items[2]->text != "u1" || items[3]->integer != 0)
      refuse("an array of bytes in C order", "type \"" + printable(items[2]->text) + "\"");
    std::uint64_t size = 1;
    for (const Value* side : items[1]->items) {
      if (side->kind != Kind::kInteger || side->integer < 0 ||
          static_cast<std::uint64_t>(side->integer) > bytes_.size())
        refuse("an array's shape", "something else");
      size *= static_cast<std::uint64_t>(side->integer);
      if (size > bytes_.size()) break;
    }
    if (size != items[4]->text.size())
      refuse("as many bytes as the array's shape says", std::to_string(items[4]->text.size()));
    array->text = items[4]->text;
    array->items = items[1]->items;
  }

  void set_items(const std::vector<Value*>& items) {
    Value* dict = top(Kind::kDict, "a dictionary");
    if (items.size() % 2 != 0) refuse("a value for every key", "none");
    dict->items.insert(dict->items.end(), items.begin(), items.end());
  }
  void append(const std::vector<Value*>& items) {
    Value* list = top(Kind::kList, "a list");
    list->items.insert(list->items.end(), items.begin(), items.end());
  }

  void remember(std::uint64_t index) {
    if (stack_.empty() || stack_.back()->kind == Kind::kMark) refuse("a value", "none");
    memo_[index] = stack_.back();
  }
  void recall(std::uint64_t index) {
    const auto value = memo_.find(index);
    if (value == memo_.end()) refuse("a value that was kept", "none under number " + std::to_string(index));
    push(value->second);
  }

  /// One instruction; true at the end.
  bool step() {
    instruction_ = position_;
    const auto code = static_cast<unsigned char>(take(1)[0]);
    switch (code) {
      case 0x80:
        if (const auto protocol = number(1); protocol < 2 || protocol > 5)
          refuse("protocol 2 to 5", std::to_string(protocol));
        break;
      case 0x95:
        take(8);
        break;  // a frame's length, which is not needed
      case '.':
        return true;
      case '(':
        push_new({.kind = Kind::kMark});
        break;
      case 'N':
        push_new({});
        break;
      case 0x88:
        push_integer(1);
        break;
      case 0x89:
        push_integer(0);
        break;
      case 'J':
        push_integer(static_cast<std::int32_t>(number(4)));
        break;
      case 'K':
        push_integer(static_cast<std::int64_t>(number(1)));
        break;
      case 'M':
        push_integer(static_cast<std::int64_t>(number(2)));
        break;
      case 'T':
      case 'X':
      case 'B':
        push_text(number(4));
        break;
      case 'U':
      case 'C':
      case 0x8c:
        push_text(number(1));
        break;
      case 0x8d:
      case 0x8e:
        push_text(number(8));
        break;
      case ']':
        push_new({.kind = Kind::kList});
        break;
      case '}':
        push_new({.kind = Kind::kDict});
        break;
      case ')':
        push_tuple(0);
        break;
      case 0x85:
        push_tuple(1);
        break;
      case 0x86:
        push_tuple(2);
        break;
      case 0x87:
        push_tuple(3);
        break;
      case 't':
        push_new({.kind = Kind::kTuple, .items = pop_to_mark()});
        break;
      case 'a':
        append({pop()});
        break;
      case 'e':
        append(pop_to_mark());
        break;
      case 's': {
        Value* value = pop();
        Value* key = pop();
        set_items({key, value});
        break;
      }
      case 'u':
        set_items(pop_to_mark());
        break;
      case 'c': {
        const std::string module = line();
        push_global(module, line());
        break;
      }
      case 0x93: {
        const Value* name = pop();
        const Value* module = pop();
        if (name->kind != Kind::kText || module->kind != Kind::kText) refuse("the name of a module", "something else");
        push_global(std::string(module->text), std::string(name->text));
        break;
      }
      case 'R':
        reduce();
        break;
      case 'b':
        build();
        break;
      case 'q':
        remember(number(1));
        break;
      case 'r':
        remember(number(4));
        break;
      case 0x94:
        remember(memo_.size());
        break;
      case 'h':
        recall(number(1));
        break;
      case 'j':
        recall(number(4));
        break;
      default:
        refuse("an instruction for arrays, lists, texts and numbers", "number " + std::to_string(code));
    }
    return false;
  }

  std::string_view bytes_;
  const std::filesystem::path& file_;
  std::size_t position_ = 0, instruction_ = 0;
  std::int64_t pushed_ = 0;
  std::deque<Value> values_;
  std::vector<Value*> stack_;
  std::unordered_map<std::uint64_t, Value*> memo_;
};

bool all_are(const Value& list, Kind kind) {
  return std::all_of(list.items.begin(), list.items.end(), [&](const Value* item) { return item->kind == kind; });
}

}  // namespace

PickledDict parse_pickled_dict(std::string_view bytes, const std::filesystem::path& file) {
  Unpickling unpickling(bytes, file);
  const Value& dict = unpickling.run();
  PickledDict found;
  for (std::size_t i = 0; i < dict.items.size(); i += 2) {
    const Value &key = *dict.items[i], &value = *dict.items[i + 1];
    if (key.kind != Kind::kText) continue;
    const std::string name(key.text);
    if (value.kind == Kind::kArray && value.text.data() != nullptr) {
      PickledArray& array = found.arrays[name];
      array = {.shape = {}, .offset = unpickling.offset_of(value)};
      for (const Value* side : value.items) array.shape.push_back(side->integer);
    } else if (value.kind == Kind::kList && all_are(value, Kind::kInteger)) {
      auto& numbers = found.integers[name];
      numbers.clear();
      for (const Value* item : value.items) numbers.push_back(item->integer);
    } else if (value.kind == Kind::kList && all_are(value, Kind::kText)) {
      auto& texts = found.texts[name];
      texts.clear();
      for (const Value* item : value.items) texts.emplace_back(item->text);
    }
  }
  return found;
}

}  // namespace tandem
