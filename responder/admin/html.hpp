#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace thence::admin {

/// Escapes any text for HTML, in an element or a quoted attribute.
std::string escaped(std::string_view text);

/// Replaces each `{{name}}` of a template with the value of that name, or with nothing if it has none. Values are HTML.
std::string filled(std::string_view html, std::initializer_list<std::pair<std::string_view, std::string_view>> values);

}  // namespace thence::admin
