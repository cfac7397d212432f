#include "responder/host/error_name.hpp"

#include <cstring>

namespace thence {

std::string errno_name(int error) {
  const auto* const known = ::strerrorname_np(error);
  return known != nullptr ? known : std::to_string(error);
}

}  // namespace thence
