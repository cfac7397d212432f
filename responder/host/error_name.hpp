#pragma once

#include <string>

namespace thence {

/// @return a name such as "ENETUNREACH", or the number if the error has no name
std::string errno_name(int error);

}  // namespace thence
