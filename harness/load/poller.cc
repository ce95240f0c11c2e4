// SPDX-License-Identifier: Apache-2.0
#include "harness/load/poller.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace tracetax {

Poller::Poller() : epoll_fd_(epoll_create1(EPOLL_CLOEXEC)) {}

Poller::~Poller() {
  if (is_open()) ::close(epoll_fd_);
}

int Poller::wait(std::int64_t longest_ns) noexcept {
  const auto most = static_cast<int>(events_.size());
  if (longest_ns <= 0) return epoll_wait(epoll_fd_, events_.data(), most, 0);
  const timespec longest{longest_ns / 1'000'000'000, longest_ns % 1'000'000'000};
  if (!by_poll_) {
    const int news = epoll_pwait2(epoll_fd_, events_.data(), most, &longest, nullptr);
    if (news >= 0 || (errno != ENOSYS && errno != EPERM)) return news;
    by_poll_ = true;
  }
  // It counts in ns as well; epoll_pwait only in ms.
  pollfd any{epoll_fd_, POLLIN, 0};
  if (ppoll(&any, 1, &longest, nullptr) < 0) return -1;
  return epoll_wait(epoll_fd_, events_.data(), most, 0);
}

void Poller::update(int operation, int fd, std::uint32_t slot, bool for_write) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  if (for_write) event.events |= EPOLLOUT;
  event.data.u32 = slot;
  epoll_ctl(epoll_fd_, operation, fd, &event);
}

}  // namespace tracetax
