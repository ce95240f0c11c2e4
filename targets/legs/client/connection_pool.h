// Connections of one store, as Go's database/sql and go-redis keep them: at most so many, the last
// one given back goes first, who finds all of them in use waits, and one that the other side has
// closed is replaced. Limits of waits are those of the drivers' usual settings.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"

namespace tracetax {

inline constexpr std::chrono::seconds kConnectLimit{2};
inline constexpr std::chrono::seconds kStatementLimit{5};
/// A wait "for ever" ends too, so that a store that hangs cannot keep its service from stopping.
inline constexpr std::chrono::seconds kLongestWait{30};

/// False: the other side has closed it, or has said what nobody asked for. Go's drivers look in the
/// same way before they use an idle connection (connCheck of go-sql-driver/mysql and go-redis).
[[nodiscard]] inline bool is_quiet(int socket) {
  char byte;
  const ssize_t size = recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/// `Connection` has `bool reusable()`, false if an error broke it, and `bool alive()`, which looks
/// at its socket by is_quiet(). Any number of threads.
template <typename Connection>
class ConnectionPool {
 public:
  ConnectionPool(int most, Nanos wait)
      : most_(most), wait_(wait > Nanos{0} ? wait : Nanos(kLongestWait)) {}

  /// A connection for one thread, until its end.
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection, bool is_new)
        : pool_(&pool), connection_(std::move(connection)), is_new_(is_new) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    Connection* operator->() const { return connection_.get(); }
    Connection& operator*() const { return *connection_; }
    /// Opened for this lease.
    [[nodiscard]] bool is_new() const { return is_new_; }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
    bool is_new_;
  };

  /// `open` makes a new one: Result<std::unique_ptr<Connection>>.
  template <typename Open>
  [[nodiscard]] Result<Lease> take(Open&& open) {
    auto idle = wait_for_one();
    if (!idle) return failure(idle.error());
    if (*idle != nullptr) return Lease(*this, std::move(*idle), false);
    Result<std::unique_ptr<Connection>> opened = open();
    if (!opened) {
      free_slot();
      return failure(opened.error());
    }
    return Lease(*this, std::move(*opened), true);
  }

  /// Opens as many as it may hold, so that no later request has to.
  template <typename Open>
  [[nodiscard]] Status fill(Open&& open) {
    std::vector<Lease> all;
    for (int i = 0; i < most_; ++i) {
      auto lease = take(open);
      if (!lease) return failure(lease.error());
      all.push_back(std::move(*lease));
    }
    return {};
  }

 private:
  /// Null: there is room for a new one, which is counted already.
  Result<std::unique_ptr<Connection>> wait_for_one() {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return !idle_.empty() || open_ < most_; };
    if (!freed_.wait_for(lock, wait_, ready)) {
      return failure(ExitCode::invalid, fmt::format("all {} connections are in use", most_));
    }
    while (!idle_.empty()) {
      std::unique_ptr<Connection> last = std::move(idle_.back());
      idle_.pop_back();
      if (last->alive()) return last;
      --open_;
    }
    ++open_;
    return nullptr;
  }

  void give_back(std::unique_ptr<Connection> connection) {
    if (!connection->reusable()) return free_slot();
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(connection));
    }
    freed_.notify_one();
  }

  void free_slot() {
    {
      const std::lock_guard lock(mutex_);
      --open_;
    }
    freed_.notify_one();
  }

  const int most_;
  const Nanos wait_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;  // the last given back at the end
  int open_ = 0;                                   // in use or idle
};

}  // namespace tracetax
