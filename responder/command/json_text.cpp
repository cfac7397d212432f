#include "responder/command/json_text.hpp"

#include "config/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace thence {

namespace {

/// The keys are our own.
void to_utf8(boost::json::value& value) {
  if (auto* const text = value.if_string()) {
    *text = config::utf8_lines(std::string_view(text->data(), text->size()));
  } else if (auto* const array = value.if_array()) {
    for (auto& each : *array) to_utf8(each);
  } else if (auto* const object = value.if_object()) {
    for (auto& each : *object) to_utf8(each.value());
  }
}

}  // namespace

std::string json_text(boost::json::value document) {
  to_utf8(document);
  return boost::json::serialize(document);
}

}  // namespace thence
