#pragma once

#include <string>

namespace thence {

/// @return such as "ENETUNREACH"; the number of an error that has no name
std::string errno_name(int error);

}  // namespace thence
