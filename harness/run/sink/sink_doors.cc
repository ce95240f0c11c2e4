// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_doors.h"

namespace tracetax {

Result<SinkDoors> open_doors(const DoorsWanted& wanted, PayloadReceiver& receiver) {
  SinkDoors doors;
  auto http = SinkServer::listen(wanted.http_port, receiver);
  if (!http) return failure(http.error());
  doors.http = std::move(*http);
  if (!wanted.grpc_port) return doors;
  auto grpc = SinkGrpcServer::listen(*wanted.grpc_port, receiver);
  if (!grpc) return failure(grpc.error());
  doors.grpc = std::move(*grpc);
  return doors;
}

void SinkDoors::close() {
  using boost::asio::ip::tcp;
  const auto hold = [this](int port) {
    tcp::acceptor& held = held_.emplace_back(http->io());
    boost::system::error_code ignored;  // then somebody may take it: open_again() says so
    held.open(tcp::v4(), ignored);
    held.set_option(tcp::acceptor::reuse_address(true), ignored);
    held.bind({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)}, ignored);
  };
  http->close();
  hold(http->port());
  if (!grpc) return;
  grpc->close();
  hold(grpc->port());
}

Status SinkDoors::open_again() {
  Status opened = http->is_open() ? Status{} : http->open_again();
  if (opened && grpc && !grpc->is_open()) opened = grpc->open_again();
  if (opened) held_.clear();
  return opened;
}

}  // namespace tracetax
