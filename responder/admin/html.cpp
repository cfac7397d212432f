#include "responder/admin/html.hpp"

#include "config/utf8.hpp"

#include <algorithm>

namespace thence::admin {

std::string escaped(std::string_view text) {
  std::string html;
  for (const char each : config::utf8(text)) {
    switch (each) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += each;
    }
  }
  return html;
}

std::string filled(std::string_view html, std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string result;
  while (true) {
    const auto begin = html.find("{{");
    const auto end = html.find("}}", begin);
    result += html.substr(0, begin);
    if (end == std::string_view::npos) return result;
    const auto name = html.substr(begin + 2, end - begin - 2);
    const auto* const value =
        std::find_if(values.begin(), values.end(), [&](const auto& each) { return each.first == name; });
    if (value != values.end()) result += value->second;
    html.remove_prefix(end + 2);
  }
}

}  // namespace thence::admin
