// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/listening_ports.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace tracetax {
namespace {

TEST(ListeningPorts, AreThoseOfTheProcessAndOnlyWhileItListens) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  const int port = ntohs(address.sin_port);
  const std::array self{getpid()};
  EXPECT_EQ(std::ranges::count(listening_ports(self), port), 0) << "bound only";
  ASSERT_EQ(listen(fd, 1), 0);
  EXPECT_EQ(std::ranges::count(listening_ports(self), port), 1);
  const std::array other{pid_t{1}};
  EXPECT_EQ(std::ranges::count(listening_ports(other), port), 0);
  const std::size_t open = open_descriptors(self);
  close(fd);
  EXPECT_EQ(std::ranges::count(listening_ports(self), port), 0);
  EXPECT_EQ(open_descriptors(self) + 1, open);
}

}  // namespace
}  // namespace tracetax
