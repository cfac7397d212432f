#include "config/document.hpp"

#include "config/file_text.hpp"
#include "config/problems.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace thence::config {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

[[noreturn]] void refuse(const std::string& name, int line, int column, std::string message) {
  Problems problems;
  problems.add({name, line, column, "", std::move(message)});
  throw Invalid(problems);
}

/// Whether a file holds nothing that anybody has written: the file system fills with NUL what was never stored.
bool is_blank(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return text.find_first_not_of(std::string_view(" \t\r\n\0", 5)) == std::string_view::npos;
}

/// Refuses what is no text (YAML 1.2 §5.1): the library would end or change the value there without a word.
void require_text(const std::string& name, std::string_view text) {
  const auto* const wrong = std::ranges::find_if(text, [](char each) {
    const auto code = static_cast<unsigned char>(each);
    return (code < ' ' && each != '\t' && each != '\n' && each != '\r') || code == 0x7f;
  });
  if (wrong == text.end()) return;
  const auto before = text.substr(0, static_cast<std::size_t>(wrong - text.begin()));
  const auto line_start = before.rfind('\n') + 1;
  refuse(name, static_cast<int>(std::ranges::count(before, '\n')) + 1, static_cast<int>(before.size() - line_start) + 1,
         "the octet " + printable({wrong, 1}) + " is no text; allowed: UTF-8 without control characters");
}

/// A bound of a document that is exceeded, and where.
struct Excess {
  YAML::Mark mark;
  std::string message;
};

/// Counts the nodes of a document without keeping them.
class NodeCounter final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& /*value*/) override {
    leaf(mark, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto size = anchor < sizes_.size() ? sizes_[anchor] : 0;
    if (size == 0) throw Excess{mark, "an alias stands within what it stands for; allowed: outside of it"};
    add(mark, size);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  void add(const YAML::Mark& mark, std::size_t nodes) {
    count_ += nodes;
    if (count_ > Document::most_nodes) {
      throw Excess{mark, "more keys and values than a configuration may have; allowed: " +
                             std::to_string(Document::most_nodes) + ", with each alias written out"};
    }
  }
  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor) {
    open(mark, anchor);
    close();
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor) {
    open_.emplace_back(anchor, count_);
    add(mark, 1);
  }
  void close() {
    const auto [anchor, before] = open_.back();
    open_.pop_back();
    if (anchor == YAML::NullAnchor) return;
    if (sizes_.size() <= anchor) sizes_.resize(anchor + 1);
    sizes_[anchor] = count_ - before;
  }

  std::size_t count_ = 0;
  std::vector<std::pair<YAML::anchor_t, std::size_t>> open_;  ///< anchors, and the count before each
  std::vector<std::size_t> sizes_;                            ///< nodes of what has an anchor, once it is complete
};

/// Notes where a document begins.
class StartFinder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { start = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}

  YAML::Mark start;
};

/// @param number from 0
std::string_view line_of(std::string_view text, int number) {
  for (int i = 0; i < number; ++i) text.remove_prefix(text.find('\n') + 1);
  return text.substr(0, text.find('\n'));
}

/// A line that begins with `%` is a directive to the library, wherever it stands, and those at the end vanish.
bool ends_with_directives(const std::string& text) {
  if (text.find("\n%") == std::string::npos) return false;
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  StartFinder ignored;
  parser.HandleNextDocument(ignored);
  std::ostringstream tokens;
  parser.PrintTokens(tokens);
  return !tokens.str().empty();
}

/// Refuses what the library would drop or what would take too much memory.
void require_one_document(const std::string& name, const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  NodeCounter counter;
  parser.HandleNextDocument(counter);
  StartFinder second;
  // Once only: for some texts a further document begins without end.
  if (parser.HandleNextDocument(second)) {
    if (second.start.column == 0 && line_of(text, second.start.line).starts_with("---")) {
      refuse(name, from_one(second.start.line), 0, "a second YAML document begins here; allowed: one");
    }
    refuse(name, from_one(second.start.line), from_one(second.start.column),
           "text stands outside of the settings; allowed: only white space and comments");
  }
  if (ends_with_directives(text)) {
    const auto last = text.rfind("\n%");
    refuse(name, static_cast<int>(std::ranges::count(text.substr(0, last), '\n')) + 2, 1,
           "a YAML directive stands behind the settings; allowed: only white space and comments");
  }
}

std::string too_long() {
  return "is longer than a configuration may be; allowed: at most " + std::to_string(Document::most_octets >> 20U) +
         " MiB";
}

}  // namespace

Document Document::parse(std::string name, const std::string& text) {
  if (text.size() > most_octets) refuse(name, 0, 0, too_long());
  require_text(name, text);
  try {
    require_one_document(name, text);
    auto root = std::make_shared<const YAML::Node>(YAML::Load(text));
    return {std::move(name), std::move(root)};
  } catch (const YAML::Exception& error) {
    refuse(name, from_one(error.mark.line), from_one(error.mark.column), "not YAML: " + error.msg);
  } catch (const Excess& excess) {
    refuse(name, from_one(excess.mark.line), from_one(excess.mark.column), excess.message);
  }
}

Document Document::load(const std::filesystem::path& file, Source source) {
  std::error_code unknown;
  if (source == Source::regular && std::filesystem::is_other(file, unknown)) {
    refuse(file.string(), 0, 0, "cannot be read a second time, as it is no regular file; allowed: a regular file");
  }
  const auto [text, unreadable] = read_file_text(file, most_octets);
  if (!unreadable.empty()) refuse(file.string(), 0, 0, "cannot be read: " + unreadable);
  if (is_blank(text) && text.size() <= most_octets) {
    refuse(file.string(), 0, 0, "is empty; allowed: settings, or {} for the default ones");
  }
  return parse(file.string(), text);
}

}  // namespace thence::config
