// Bytes that come out as they went in, later by what was asked; a reader that does not read; and
// how connections end.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/delay/delay_relay.h"

#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <random>
#include <string>
#include <thread>

namespace tracetax {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A server socket, a relay to it with a thread, and a connection through it.
class ThroughRelay {
 public:
  explicit ThroughRelay(Nanos round_trip, std::size_t held_max = 1 << 20) {
    DelayOptions options;
    options.to = {"127.0.0.1", acceptor_.local_endpoint().port()};
    options.round_trip = round_trip;
    options.held_max = held_max;
    relay_ = std::move(DelayRelay::listen(options).value());
    thread_ = std::thread([this] { relay_->run(false); });
    near.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(relay_->port())});
    acceptor_.accept(far);
  }
  ~ThroughRelay() {
    relay_->stop();
    thread_.join();
  }
  ThroughRelay(const ThroughRelay&) = delete;
  ThroughRelay& operator=(const ThroughRelay&) = delete;

  [[nodiscard]] std::size_t most_held() const { return relay_->most_held(); }

 private:
  asio::io_context io_;
  tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  std::unique_ptr<DelayRelay> relay_;
  std::thread thread_;

 public:
  tcp::socket near{io_}, far{io_};
};

std::string random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST(DelayRelay, AnAnswerTakesARoundTripLonger) {
  ThroughRelay through(40ms);
  char byte = 'x';
  for (int i = 0; i < 5; ++i) {
    const auto start = Clock::now();
    asio::write(through.near, asio::buffer(&byte, 1));
    asio::read(through.far, asio::buffer(&byte, 1));
    const auto half = Clock::now() - start;
    asio::write(through.far, asio::buffer(&byte, 1));
    asio::read(through.near, asio::buffer(&byte, 1));
    EXPECT_GE(half, 20ms);
    EXPECT_GE(Clock::now() - start, 40ms);
    // Far from what a second wait would add, on a machine that has other things to do.
    EXPECT_LT(Clock::now() - start, 40ms + 5s);
  }
}

TEST(DelayRelay, WhatIsOnTheWayDoesNotWaitForWhatIsBeforeIt) {
  ThroughRelay through(400ms);
  std::string bytes = "0123456789";
  const auto start = Clock::now();
  for (char& byte : bytes) asio::write(through.near, asio::buffer(&byte, 1));
  std::string came(bytes.size(), '\0');
  asio::read(through.far, asio::buffer(came));
  EXPECT_EQ(came, bytes);
  EXPECT_GE(Clock::now() - start, 200ms);
  EXPECT_LT(Clock::now() - start, 10 * 200ms) << "one after another";
}

TEST(DelayRelay, BytesComeThroughUnchangedBothWays) {
  ThroughRelay through(2ms);
  const std::string request = random_bytes(9'000'000, 1), answer = random_bytes(7'000'000, 2);
  const auto send_in_pieces = [](tcp::socket& socket, const std::string& bytes) {
    std::mt19937_64 random(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 60'000, bytes.size() - at);
      at += asio::write(socket, asio::buffer(bytes.data() + at, size));
    }
    socket.shutdown(tcp::socket::shutdown_send);
  };
  const auto read_all = [](tcp::socket& socket) {
    std::string bytes;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(bytes), error);
    EXPECT_EQ(error, asio::error::eof);
    return bytes;
  };
  std::thread sends([&] { send_in_pieces(through.near, request); });
  std::thread answers([&] { send_in_pieces(through.far, answer); });
  std::string came_back;
  std::thread reads([&] { came_back = read_all(through.near); });
  EXPECT_TRUE(read_all(through.far) == request);
  for (std::thread* thread : {&sends, &answers, &reads}) thread->join();
  EXPECT_TRUE(came_back == answer) << "a half-close leaves the other direction open";
}

TEST(DelayRelay, AReaderThatDoesNotReadStopsItsSender) {
  constexpr std::size_t kHeld = 100'000;
  ThroughRelay through(2ms, kHeld);
  const std::string bytes = random_bytes(64'000'000, 3);
  std::thread sends([&] {
    asio::write(through.near, asio::buffer(bytes));
    through.near.shutdown(tcp::socket::shutdown_send);
  });
  // Until nothing goes on: the sockets' own buffers and the relay are full.
  std::size_t before = 0;
  do {
    before = through.most_held();
    std::this_thread::sleep_for(50ms);
  } while (through.most_held() == 0 || through.most_held() > before);
  std::string came(bytes.size(), '\0');
  asio::read(through.far, asio::buffer(came));
  sends.join();
  EXPECT_TRUE(came == bytes);
  EXPECT_EQ(through.most_held(), kHeld);
}

TEST(DelayRelay, AResetIsPassedOn) {
  ThroughRelay through(2ms);
  through.near.set_option(asio::socket_base::linger{true, 0});
  through.near.close();
  char byte = 0;
  boost::system::error_code error;
  asio::read(through.far, asio::buffer(&byte, 1), error);
  EXPECT_EQ(error, asio::error::connection_reset);
}

TEST(DelayRelay, WhoeverIsNotThereResetsTheConnection) {
  asio::io_context io;
  std::uint16_t nobody = 0;
  {
    const tcp::acceptor gone{io, {asio::ip::address_v4::loopback(), 0}};
    nobody = gone.local_endpoint().port();
  }
  DelayOptions options;
  options.to = {"127.0.0.1", nobody};
  const auto relay = std::move(DelayRelay::listen(options).value());
  std::thread thread([&] { relay->run(false); });
  tcp::socket socket{io};
  socket.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(relay->port())});
  char byte = 0;
  boost::system::error_code error;
  asio::read(socket, asio::buffer(&byte, 1), error);
  EXPECT_TRUE(error);
  relay->stop();
  thread.join();
}

TEST(DelayRelay, APortThatIsTakenIsAnError) {
  asio::io_context io;
  const tcp::acceptor taken{io, {asio::ip::address_v4::loopback(), 0}};
  DelayOptions options;
  options.to = {"127.0.0.1", 1};
  options.port = taken.local_endpoint().port();
  const auto relay = DelayRelay::listen(options);
  ASSERT_FALSE(relay.has_value());
  EXPECT_EQ(relay.error().code, ExitCode::usage);
}

}  // namespace
}  // namespace tracetax
