#include "responder/host/process.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

namespace thence::process {

int id() noexcept { return ::getpid(); }

std::string program_of(int id) {
  std::ifstream file("/proc/" + std::to_string(id) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

std::error_code ask_to_reload(int id) noexcept {
  if (::kill(id, SIGHUP) == 0) return {};
  return {errno, std::generic_category()};
}

void raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void return_large_memory() noexcept {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
#endif
}

}  // namespace thence::process
