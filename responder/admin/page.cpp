#include "responder/admin/page.hpp"

#include "responder/admin/html.hpp"
#include "responder/admin/page_files.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string_view>

#include <openssl/evp.h>

namespace thence::admin {

namespace {

std::string element(std::string_view tag, std::string_view html, std::string_view attributes = "") {
  std::string result = "<";
  result.append(tag).append(attributes.empty() ? "" : " ").append(attributes).append(">");
  return result.append(html).append("</").append(tag).append(">");
}

/// `1,234,567`
std::string grouped(std::uint64_t value) {
  auto digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

/// Formats numbers much as JavaScript does.
std::string plain(double value) {
  std::array<char, 40> text{};
  const bool is_whole = std::abs(value) < 1e15 && std::trunc(value) == value;
  const auto size = std::snprintf(text.data(), text.size(), is_whole ? "%.0f" : "%.6g", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

/// In the two largest units: `3 d 4 h`.
std::string duration(std::chrono::seconds time) {
  const auto seconds = std::max<std::int64_t>(time.count(), 0);
  const auto in = [](std::int64_t big, const char* big_unit, std::int64_t small, const char* small_unit) {
    return std::to_string(big) + ' ' + big_unit + ' ' + std::to_string(small) + ' ' + small_unit;
  };
  if (seconds >= 86400) return in(seconds / 86400, "d", seconds % 86400 / 3600, "h");
  if (seconds >= 3600) return in(seconds / 3600, "h", seconds % 3600 / 60, "min");
  if (seconds >= 60) return in(seconds / 60, "min", seconds % 60, "s");
  return std::to_string(seconds) + " s";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string all;
  for (const auto& each : words) all.append(all.empty() ? "" : between).append(each);
  return all;
}

std::string upper(std::string_view name) {
  std::string result(name);
  for (auto& each : result) {
    if (each >= 'a' && each <= 'z') each = static_cast<char>(each - 'a' + 'A');
  }
  return result;
}

/// The total traffic of an address.
Traffic total(const AddressStatus& address) {
  Traffic all;
  for (const auto& [whose, each] : address.traffic) {
    all.requests += each.requests;
    all.replies += each.replies;
    all.dropped += each.dropped;
  }
  all.dropped += address.dropped + address.unsent;
  return all;
}

Traffic total(const Status& status) {
  Traffic all;
  for (const auto& address : status.addresses) {
    const auto each = total(address);
    all.requests += each.requests;
    all.replies += each.replies;
    all.dropped += each.dropped;
  }
  return all;
}

std::string state(const Status& status) {
  const auto pill = [](std::string_view kind, std::string_view words) {
    return element("p", words, R"(id="state" role="status" class=")" + std::string(kind) + '"');
  };
  if (!status.live) return pill("bad", "Stuck");
  if (!status.ready) return pill("doubt", "Not ready");
  if (status.reloads.busy) return pill("good", "Reloading");
  return pill("good", "Ready");
}

std::string lines(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& each : texts) all += element("li", escaped(each));
  return element("ul", all);
}

std::string notices(const Status& status) {
  std::string all;
  const auto add = [&](std::string_view words, const std::vector<std::string>& texts) {
    all += element("div", element("p", words) + lines(texts), "class=\"notice\"");
  };
  if (!status.live) add("A worker has not answered lately.", {});
  if (!status.ready) add("Not ready:", status.not_ready);
  if (!status.not_served.empty()) add("Cannot be had, all else is served:", status.not_served);
  if (status.reloads.last_refused) {
    add("The last reload was refused, and all stays as it was:", status.reloads.words);
  } else if (!status.reloads.words.empty()) {
    add("The last reload had something to say:", status.reloads.words);
  }
  return all;
}

/// A cell with a counter; the script adds its rate.
std::string amount(std::uint64_t value) { return element("span", grouped(value), "class=\"total\""); }

std::string tile(std::string_view name, std::uint64_t value) {
  return element("div", element("dt", name) + element("dd", amount(value)));
}

std::string tiles(const Status& status) {
  const auto all = total(status);
  return tile("Requests", all.requests) + tile("Replies", all.replies) + tile("Drops", all.dropped);
}

std::string fact(std::string_view name, std::string_view text) {
  return element("div", element("dt", name) + element("dd", escaped(text)));
}

std::string reloads(const Status::Reloads& all) {
  auto text = grouped(all.done) + " done";
  if (all.refused != 0) text += ", " + grouped(all.refused) + " of them refused";
  if (all.busy) text += ", one goes on";
  return text;
}

std::string facts(const Status& status) {
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(status.uptime);
  return fact("Version", status.version) + fact("Up", duration(up)) + fact("Workers", std::to_string(status.workers)) +
         fact("Process", std::to_string(status.pid)) + fact("Reloads", reloads(status.reloads)) +
         fact("Configuration", status.configuration);
}

std::string served(const std::vector<ServedPort>& ports) {
  std::string all;
  for (const auto& each : ports) {
    const auto transports = text(each.transports);
    all +=
        element("li", escaped(upper(joined(each.protocols, "+")) + ' ' + std::to_string(each.port) + ' ' + transports));
  }
  return all.empty() ? "" : element("ul", all);
}

std::string views(const std::vector<std::string>& names) { return names.empty() ? "" : lines(names); }

/// @param label shown above the cell when the window is too narrow for a row
std::string cell(std::string_view label, std::string_view html, std::string_view kind = "") {
  auto attributes = "data-label=\"" + std::string(label) + '"';
  if (!kind.empty()) attributes += " class=\"" + std::string(kind) + '"';
  return element("td", html, attributes);
}

std::string address_row(const AddressStatus& address) {
  const auto all = total(address);
  return element("tr", cell("Interface", escaped(address.interface), "name") +
                           cell("Address", escaped(address.address), "name") + cell("Served", served(address.served)) +
                           cell("Views", views(address.views)) + cell("Requests", amount(all.requests), "number") +
                           cell("Replies", amount(all.replies), "number") +
                           cell("Drops", amount(all.dropped), "number"));
}

std::string address_rows(const Status& status) {
  std::string rows;
  for (const auto& each : status.addresses) rows += address_row(each);
  return rows;
}

std::string measure_table(const std::string& metric, const std::vector<const Measure*>& samples) {
  std::string heading;
  for (const auto& [name, value] : samples[0]->labels) heading += element("th", escaped(name), "scope=\"col\"");
  heading += element("th", "value", R"(scope="col" class="number")");
  std::string rows;
  for (const auto* const each : samples) {
    std::string row;
    for (const auto& [name, value] : each->labels) row += element("td", escaped(value));
    rows += element("tr", row + element("td", escaped(plain(each->value)), "class=\"number\""));
  }
  const auto title = element("h3", escaped(samples[0]->help)) + element("p", escaped(metric), "class=\"metric\"");
  const auto table = element("table", element("thead", element("tr", heading)) + element("tbody", rows));
  return element("section", title + element("div", table, R"(class="scroll" tabindex="0")"));
}

std::string measures(const Status& status) {
  std::string all;
  for (const auto& [protocol, of_protocol] : status.measures) {
    std::map<std::string, std::vector<const Measure*>> by_name;
    for (const auto& each : of_protocol) by_name[each.name].push_back(&each);
    if (by_name.empty()) continue;
    std::string tables;
    auto prefix = "thence_" + protocol;
    prefix += '_';
    for (const auto& [name, samples] : by_name) tables += measure_table(prefix + name, samples);
    all += element("section", element("h2", escaped(upper(protocol))) + element("div", tables, "class=\"measures\""),
                   "class=\"protocol\"");
  }
  return all;
}

std::string counters(const Status& status) {
  std::string rows;
  for (const auto& [name, value] : status.counters) {
    if (value == 0) continue;
    rows += element("tr", element("td", escaped(name)) + element("td", amount(value), "class=\"number\""));
  }
  return rows;
}

/// A hash source expression for the text between the tags (CSP3 §6.7.3.3).
std::string hash_of(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  std::array<unsigned char, 48> encoded{};
  ::EVP_Digest(text.data(), text.size(), digest.data(), nullptr, ::EVP_sha256(), nullptr);
  const auto size = ::EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
  return "'sha256-" + std::string(encoded.begin(), encoded.begin() + size) + '\'';
}

}  // namespace

std::string page(const Status& status, const boost::asio::ip::tcp::endpoint& peer) {
  return filled(page_html, {{"style", page_css},
                            {"script", page_js},
                            {"state", state(status)},
                            {"notices", notices(status)},
                            {"tiles", tiles(status)},
                            {"facts", facts(status)},
                            {"addresses", address_rows(status)},
                            {"peer", escaped(peer.address().to_string())},
                            {"measures", measures(status)},
                            {"counters", counters(status)}});
}

const std::string& page_policy() {
  static const auto policy = "default-src 'none'; connect-src 'self'; img-src data:; style-src " + hash_of(page_css) +
                             "; script-src " + hash_of(page_js) +
                             "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return policy;
}

}  // namespace thence::admin
