// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/ports.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(Ports, AFreePortIsFreeUntilSomebodyListens) {
  const auto port = free_port();
  ASSERT_TRUE(port);
  EXPECT_TRUE(port_is_free(*port));
  EXPECT_FALSE(accepts_connections({"127.0.0.1", *port}, 1s));

  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(*port));
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(fd, 8), 0);
  EXPECT_FALSE(port_is_free(*port));
  EXPECT_TRUE(accepts_connections({"127.0.0.1", *port}, 1s));
  EXPECT_TRUE(accepts_connections({"localhost", *port}, 1s));
  close(fd);
}

TEST(Ports, NobodyIsFoundUnderAWrongName) {
  EXPECT_FALSE(accepts_connections({"no.such.host.invalid", 80}, 100ms));
}

TEST(Ports, UrlsAreTakenApart) {
  EXPECT_EQ(*endpoint_of_url("http://127.0.0.1:8080/healthz?x=1"), (Endpoint{"127.0.0.1", 8080}));
  EXPECT_EQ(*endpoint_of_url("http://localhost"), (Endpoint{"localhost", 80}));
  EXPECT_EQ(*endpoint_of_url("http://[::1]:8080/"), (Endpoint{"::1", 8080}));
  EXPECT_EQ(*endpoint_of_url("tcp://127.0.0.1:9000"), (Endpoint{"127.0.0.1", 9000}));
  EXPECT_EQ(path_of_url("http://h:1/healthz?x=1#there"), "/healthz?x=1");
  EXPECT_EQ(path_of_url("http://h:1"), "/");
  EXPECT_EQ(path_of_url("http://h:1?x"), "/?x");
}

TEST(Ports, WrongUrlsAreNamed) {
  for (const char* url : {"", "localhost:80", "https://h", "http://", "http://h:0",
                          "http://h:70000", "http://h:1x", "tcp://h", "ftp://h:21"}) {
    const auto endpoint = endpoint_of_url(url);
    ASSERT_FALSE(endpoint) << url;
    EXPECT_NE(endpoint.error().message.find(fmt::format("'{}'", url)), std::string::npos);
  }
}

}  // namespace
}  // namespace tracetax
