#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace thence::admin {

/// A text as it stands in HTML, in an element or in a quoted attribute, whatever it was made of.
std::string escaped(std::string_view text);

/// A template in which each `{{name}}` has become the value of that name; one that has none, nothing. Values are HTML.
std::string filled(std::string_view html, std::initializer_list<std::pair<std::string_view, std::string_view>> values);

}  // namespace thence::admin
