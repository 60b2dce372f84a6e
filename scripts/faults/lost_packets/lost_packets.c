/* Loses the UDP packets of one process while a page of memory says so; its TCP connections stand. See __init__.py.

   Preloaded before the C library: these functions take the place of its own of the same names. Page[0] is not 0: what
   is sent is lost, and the sender is told that it was sent. Page[1] is not 0: what arrives is lost, and the receiver is
   told that there was nothing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOSES_SENT, LOSES_RECEIVED, PAGE_BYTES = 4096 };

static const volatile unsigned char nothing[2];
static const volatile unsigned char *page = nothing;

__attribute__((constructor)) static void open_page(void) {
  const char *path = getenv("VOICE_FAULTS_LOST_PACKETS");
  int file = path ? open(path, O_RDONLY) : -1;
  if (file < 0) return;
  void *mapped = mmap(NULL, PAGE_BYTES, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) page = mapped;
}

static int is_udp(int fd) {
  int before = errno, type = 0, domain = 0;
  socklen_t length = sizeof type;
  int found = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_DGRAM;
  length = sizeof domain;
  found = found && getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0;
  errno = before;
  return found && (domain == AF_INET || domain == AF_INET6);
}

static int loses(int direction, int fd) { return page[direction] && is_udp(fd); }

static ssize_t not_there(void) {
  errno = EAGAIN;
  return -1;
}

static size_t size_of(const struct msghdr *message) {
  size_t bytes = 0;
  for (size_t i = 0; i < message->msg_iovlen; i++) bytes += message->msg_iov[i].iov_len;
  return bytes;
}

#define THE_TRUE(name) \
  static __typeof__(&name) the_true; \
  if (!the_true) the_true = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t send(int fd, const void *bytes, size_t size, int flags) {
  THE_TRUE(send);
  return loses(LOSES_SENT, fd) ? (ssize_t)size : the_true(fd, bytes, size, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
  THE_TRUE(sendto);
  return loses(LOSES_SENT, fd) ? (ssize_t)size : the_true(fd, bytes, size, flags, to, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  THE_TRUE(sendmsg);
  return loses(LOSES_SENT, fd) ? (ssize_t)size_of(message) : the_true(fd, message, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags) {
  THE_TRUE(sendmmsg);
  if (!loses(LOSES_SENT, fd)) return the_true(fd, messages, count, flags);
  for (unsigned i = 0; i < count; i++) messages[i].msg_len = size_of(&messages[i].msg_hdr);
  return (int)count;
}

ssize_t recv(int fd, void *bytes, size_t size, int flags) {
  THE_TRUE(recv);
  ssize_t received = the_true(fd, bytes, size, flags);
  return received >= 0 && loses(LOSES_RECEIVED, fd) ? not_there() : received;
}

ssize_t recvfrom(int fd, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
  THE_TRUE(recvfrom);
  ssize_t received = the_true(fd, bytes, size, flags, from, length);
  return received >= 0 && loses(LOSES_RECEIVED, fd) ? not_there() : received;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  THE_TRUE(recvmsg);
  ssize_t received = the_true(fd, message, flags);
  return received >= 0 && loses(LOSES_RECEIVED, fd) ? not_there() : received;
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *within) {
  THE_TRUE(recvmmsg);
  int received = the_true(fd, messages, count, flags, within);
  return received > 0 && loses(LOSES_RECEIVED, fd) ? (int)not_there() : received;
}
