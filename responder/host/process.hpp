#pragma once

#include <string>
#include <system_error>

/// The host's processes, and this one's resource limits. Each system has its own source file, process_SYSTEM.cpp.
namespace thence::process {

/// The ID of this process.
int id() noexcept;

/// The name of a process's program, without its directory.
/// @return empty if there is no such process or it is not visible
std::string program_of(int id);

/// Asks a running server to reload its configuration: see Signal::reload.
/// @param id process ID, at least 1
/// @return the system's error; `operation_not_permitted` for another user's process
std::error_code ask_to_reload(int id) noexcept;

/// Raises the descriptor limit to the hard limit: sockets and connections may need more than a shell allows by default.
void raise_descriptor_limit() noexcept;

/// Returns large blocks of memory to the system as soon as they are freed. The allocator would otherwise start caching
/// them, and each reload would leave behind as much memory as it used.
void return_large_memory() noexcept;

}  // namespace thence::process
