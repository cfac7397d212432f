/* Preloaded into a program, this makes it run on a system that lacks an address family, as a kernel that was built or
   started without it. WITHOUT names what is lacking: ipv4, ipv6, or pktinfo for a fault of the option alone. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int without(const char* what) {
  const char* const lacking = getenv("WITHOUT");
  return lacking != NULL && strcmp(lacking, what) == 0;
}

int socket(int domain, int type, int protocol) {
  static int (*real)(int, int, int);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "socket");
  if ((domain == AF_INET && without("ipv4")) || (domain == AF_INET6 && without("ipv6"))) {
    errno = EAFNOSUPPORT;
    return -1;
  }
  return real(domain, type, protocol);
}

int setsockopt(int fd, int level, int option, const void* value, socklen_t size) {
  static int (*real)(int, int, int, const void*, socklen_t);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "setsockopt");
  if (level == IPPROTO_IP && option == IP_PKTINFO && (without("ipv4") || without("pktinfo"))) {
    errno = EINVAL;
    return -1;
  }
  return real(fd, level, option, value, size);
}
