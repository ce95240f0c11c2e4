// Which of a worker's sockets can be read or written, by epoll. The loop, the pool and Release know
// no more of it than this, so that another way to ask the kernel can take its place.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>

namespace tracetax {

/// What is new about one socket. Asked in the hot loop, so it keeps the kernel's bits as they are.
struct Readiness {
  std::uint32_t slot;  // as watched
  std::uint32_t events;

  /// Bytes, the end of the stream or an error: reading tells which.
  [[nodiscard]] bool readable() const noexcept { return (events & ~std::uint32_t{EPOLLOUT}) != 0; }
  [[nodiscard]] bool writable() const noexcept { return (events & EPOLLOUT) != 0; }
  /// Nothing follows what is in the socket's buffer.
  [[nodiscard]] bool peer_closed() const noexcept {
    return (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  }
};

/// Not shared between threads.
class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  /// False if the process has no file descriptor left.
  [[nodiscard]] bool is_open() const noexcept { return epoll_fd_ >= 0; }

  /// Watches the socket `fd`, about which it will tell as `slot`, until that is closed. Only
  /// changes are told; watch_again() asks for what is true already once more.
  void watch(int fd, std::uint32_t slot, bool for_write) noexcept {
    update(EPOLL_CTL_ADD, fd, slot, for_write);
  }
  void watch_again(int fd, std::uint32_t slot, bool for_write) noexcept {
    update(EPOLL_CTL_MOD, fd, slot, for_write);
  }

  /// Waits until there is news, for at most `longest_ns`; 0: returns at once. Returns how many
  /// sockets there is news of, negative if a signal ended the wait.
  int wait(std::int64_t longest_ns) noexcept;
  /// That of the last wait(); 0 <= i < what it returned.
  [[nodiscard]] Readiness news(int i) const noexcept {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    return {event.data.u32, event.events};
  }

 private:
  static constexpr std::size_t kNewsMax = 256;  // of one wait

  void update(int operation, int fd, std::uint32_t slot, bool for_write) noexcept;

  int epoll_fd_;
  bool by_poll_ = false;  // the kernel, or a filter before it, refuses epoll_pwait2
  std::array<epoll_event, kNewsMax> events_;
};

}  // namespace tracetax
