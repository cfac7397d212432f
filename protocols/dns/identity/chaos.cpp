#include "protocols/dns/identity/chaos.hpp"

#include "protocols/dns/wire/rdata.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace thence::dns {

namespace {

std::vector<std::uint8_t> record_of(const std::string& text) {
  std::vector<std::uint8_t> record(record_head);
  write_record_head(record.data(), type::txt, 0, static_cast<std::uint16_t>(1 + text.size()));
  store16(record.data() + 4, class_chaos);
  record.push_back(static_cast<std::uint8_t>(text.size()));
  record.insert(record.end(), text.begin(), text.end());
  return record;
}

std::string read_text(const config::Cursor& at) {
  auto text = at.string("");
  if (text.size() <= longest_string) return text;
  at.wrong("a text of " + std::to_string(text.size()) + " octets; allowed: at most 255");
  return "";
}

}  // namespace

ChaosNames::ChaosNames(const std::string& id, const std::string& version) {
  const auto add = [&](std::initializer_list<std::string_view> names, const std::string& text) {
    if (text.empty()) return;
    for (const auto name : names) entries_.push_back({*Name::parse(name, Name()), record_of(text)});
  };
  add({"id.server", "hostname.bind"}, id);
  add({"version.server", "version.bind"}, version);
}

RRset ChaosNames::find(const Query& query) const noexcept {
  if (query.type != type::txt && query.type != type::any) return {};
  const auto found = std::ranges::find(entries_, query.name, &Entry::name);
  return found == entries_.end() ? RRset{} : RRset{type::txt, 1, found->record};
}

ChaosNames read_chaos(const config::Cursor& at) {
  auto map = at.map();
  const auto id = read_text(map["id"]);
  const auto version = read_text(map["version"]);
  map.close();
  return {id, version};
}

}  // namespace thence::dns
