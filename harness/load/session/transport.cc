// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/transport.h"

#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>

namespace tracetax {
namespace {

// What OpenSSL says, as errno.
ssize_t failed(ssl_st* session, int result) noexcept {
  switch (SSL_get_error(session, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    case SSL_ERROR_SYSCALL:
      return errno == 0 ? 0 : -1;
    default:
      // A peer that closes without TLS's own goodbye has closed all the same.
      if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) return 0;
      errno = EPROTO;
      return -1;
  }
}

int bounded(std::size_t size) noexcept {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

}  // namespace

void Transport::close() noexcept {
  tls_.reset();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool Transport::was_left_unread() const noexcept {
  constexpr int kSecondStep = 1;  // ms
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_unacked > 0)
    return true;
  pollfd gone{fd_, 0, 0};
  return poll(&gone, 1, kSecondStep) == 1;  // POLLHUP or POLLERR: nothing else was asked for
}

Transport::Handshake Transport::handshake(const TlsContext& context) {
  if (tls_ == nullptr) tls_ = context.new_session(fd_);
  if (tls_ == nullptr) return Handshake::failed;
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  if (result == 1) return Handshake::done;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Handshake::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return Handshake::wants_write;
    default:
      return Handshake::failed;
  }
}

std::string Transport::tls_problem() const {
  return tls_ == nullptr ? "TLS: out of memory" : tls_error(tls_.get());
}

std::string_view Transport::agreed_protocol() const noexcept {
  if (tls_ == nullptr) return {};
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

void Transport::note_arrivals(bool on) noexcept {
  if (tls_ != nullptr || on == notes_arrivals_) return;
  const int how = on ? SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE : 0;
  notes_arrivals_ = setsockopt(fd_, SOL_SOCKET, SO_TIMESTAMPING, &how, sizeof how) == 0 && on;
  lay_unread_ns_ = -1;
}

ssize_t Transport::read_noted(char* to, std::size_t size) noexcept {
  lay_unread_ns_ = -1;
  iovec piece{to, size};
  alignas(cmsghdr) char notes[CMSG_SPACE(3 * sizeof(timespec))];
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = notes;
  message.msg_controllen = sizeof notes;
  const ssize_t n = recvmsg(fd_, &message, 0);
  if (n <= 0) return n;
  for (cmsghdr* note = CMSG_FIRSTHDR(&message); note; note = CMSG_NXTHDR(&message, note)) {
    if (note->cmsg_level != SOL_SOCKET || note->cmsg_type != SO_TIMESTAMPING) continue;
    timespec arrived, now;
    std::memcpy(&arrived, CMSG_DATA(note), sizeof arrived);  // the first of three: by the kernel
    clock_gettime(CLOCK_REALTIME, &now);
    lay_unread_ns_ =
        (now.tv_sec - arrived.tv_sec) * 1'000'000'000 + (now.tv_nsec - arrived.tv_nsec);
  }
  return n;
}

ssize_t Transport::read(char* to, std::size_t size) noexcept {
  if (notes_arrivals_) return read_noted(to, size);
  if (tls_ == nullptr) return recv(fd_, to, size, 0);
  ERR_clear_error();
  errno = 0;
  const int n = SSL_read(tls_.get(), to, bounded(size));
  return n > 0 ? n : failed(tls_.get(), n);
}

ssize_t Transport::write(const char* from, std::size_t size) noexcept {
  const ssize_t n = write_some(from, size);
  if (n > 0) written_ += static_cast<std::uint64_t>(n);
  return n;
}

ssize_t Transport::write_some(const char* from, std::size_t size) noexcept {
  if (tls_ == nullptr) return send(fd_, from, size, MSG_NOSIGNAL);
  if (size == 0) return 0;
  ERR_clear_error();
  errno = 0;
  const int n = SSL_write(tls_.get(), from, bounded(size));
  if (n > 0) return n;
  const ssize_t result = failed(tls_.get(), n);
  if (result == 0) errno = EPIPE;
  return -1;
}

}  // namespace tracetax
