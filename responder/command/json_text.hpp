#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace thence {

/// Serializes to JSON that is valid UTF-8 whatever octets its texts have, as config::utf8_lines() writes them.
std::string json_text(boost::json::value document);

}  // namespace thence
