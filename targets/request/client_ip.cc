// SPDX-License-Identifier: Apache-2.0
#include "targets/request/client_ip.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <optional>

namespace tracetax {
namespace {

using boost::asio::ip::address;

std::optional<address> parse_address(std::string_view text) {
  boost::system::error_code error;
  const address parsed = boost::asio::ip::make_address(text, error);
  if (error) return std::nullopt;
  return parsed;
}

/// gin's defaults: 0.0.0.0/0 and ::/0.
bool is_trusted(const address& ip) {
  static const auto kAllV4 = boost::asio::ip::make_network_v4("0.0.0.0/0");
  static const auto kAllV6 = boost::asio::ip::make_network_v6("::/0");
  const auto masked = [](const auto& network, const auto& one) {
    const auto same_network = decltype(network.network())(one);
    return std::decay_t<decltype(network)>(same_network, network.prefix_length()).network() ==
           network.network();
  };
  return ip.is_v4() ? masked(kAllV4, ip.to_v4()) : masked(kAllV6, ip.to_v6());
}

/// Of a list of proxies: from its end, the first that is not trusted, or the very first.
std::optional<std::string> caller_in(std::string_view list) {
  while (!list.empty()) {
    const auto comma = list.rfind(',');
    std::string_view item = comma == std::string_view::npos ? list : list.substr(comma + 1);
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    item = item.substr(0, item.find_last_not_of(' ') + 1);
    const auto ip = parse_address(item);
    if (!ip) return std::nullopt;
    if (comma == std::string_view::npos || !is_trusted(*ip)) return std::string(item);
    list = list.substr(0, comma);
  }
  return std::nullopt;
}

}  // namespace

std::string trusted_client_ip(const Exchange& exchange) {
  const auto peer = parse_address(exchange.peer_address);
  if (!peer) return {};
  if (is_trusted(*peer)) {
    for (const std::string_view name : {"X-Forwarded-For", "X-Real-IP"}) {
      if (auto caller = caller_in(exchange.header(name))) return *caller;
    }
  }
  return peer->to_string();
}

}  // namespace tracetax
