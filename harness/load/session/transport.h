// Bytes in and out of one non-blocking socket, plain or through TLS. Knows nothing of what they
// mean.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/load/session/tls.h"

namespace tracetax {

class Transport {
 public:
  Transport() = default;
  ~Transport() { close(); }
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Takes over a socket.
  void open(int fd) noexcept {
    fd_ = fd;
    notes_arrivals_ = false;
    lay_unread_ns_ = -1;
  }
  void close() noexcept;
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] bool is_secure() const noexcept { return tls_ != nullptr; }

  /// From now on the kernel notes when bytes arrive, or no longer. Not through TLS.
  void note_arrivals(bool on) noexcept;
  /// How long the bytes of the last read() had lain there, in ns; negative: not known.
  [[nodiscard]] std::int64_t lay_unread_ns() const noexcept { return lay_unread_ns_; }

  /// The peer has closed: whether it left unread what was written last. Its kernel then refuses
  /// that with a reset, or never acknowledges it. Waits up to 1 ms for a peer that closes in two
  /// steps.
  [[nodiscard]] bool was_left_unread() const noexcept;

  enum class Handshake { done, wants_read, wants_write, failed };
  /// Speaks TLS from now on: one step of the handshake, to be called again when the socket is
  /// ready. After `failed`, tls_problem() says why, once.
  [[nodiscard]] Handshake handshake(const TlsContext& context);
  [[nodiscard]] std::string tls_problem() const;
  /// What ALPN agreed upon; empty without TLS or agreement.
  [[nodiscard]] std::string_view agreed_protocol() const noexcept;

  /// As recv(2) and send(2): -1 with errno EAGAIN when it would block. Broken TLS is EPROTO, see
  /// tls_problem(). Through TLS a read shorter than asked does not mean that nothing is left.
  [[nodiscard]] ssize_t read(char* to, std::size_t size) noexcept;
  /// What was refused must be offered again unchanged, at any address.
  [[nodiscard]] ssize_t write(const char* from, std::size_t size) noexcept;
  /// Bytes written so far, over all sockets that it had; through TLS those inside of it.
  [[nodiscard]] std::uint64_t bytes_written() const noexcept { return written_; }

 private:
  [[nodiscard]] ssize_t read_noted(char* to, std::size_t size) noexcept;
  [[nodiscard]] ssize_t write_some(const char* from, std::size_t size) noexcept;

  int fd_ = -1;
  bool notes_arrivals_ = false;
  std::int64_t lay_unread_ns_ = -1;
  std::uint64_t written_ = 0;
  TlsSession tls_;
};

}  // namespace tracetax
