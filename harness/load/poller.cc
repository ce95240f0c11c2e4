// SPDX-License-Identifier: Apache-2.0
#include "harness/load/poller.h"

#include <unistd.h>

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
  return epoll_pwait2(epoll_fd_, events_.data(), most, &longest, nullptr);
}

void Poller::update(int operation, int fd, std::uint32_t slot, bool for_write) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  if (for_write) event.events |= EPOLLOUT;
  event.data.u32 = slot;
  epoll_ctl(epoll_fd_, operation, fd, &event);
}

}  // namespace tracetax
