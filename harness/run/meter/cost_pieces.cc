// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/cost_pieces.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kMostPieces = 15;
constexpr double kRequestsPerPiece = 100;
constexpr Nanos kShortestPiece = std::chrono::milliseconds{50};  // ten times the age of a count

}  // namespace

CostPieces::CostPieces(const TreeSample& tree, const std::atomic<std::uint64_t>& answers,
                       Nanos piece, int pieces) {
  thread_.emplace([this, &tree, &answers, piece, pieces](const std::stop_token& done) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    const auto start = Clock::now();
    std::uint64_t cpu_ns = cpu_ns_now(tree), answered = answers;
    for (int over = 1; over <= pieces; ++over) {
      never.wait_until(lock, done, start + over * piece, [] { return false; });
      // The last answer often comes a little before the end of the last piece.
      const bool early = done.stop_requested();
      if (early && Clock::now() < start + over * piece - piece / 2) return;
      const std::uint64_t answered_now = answers, cpu_now_ns = cpu_ns_now(tree);
      if (answered_now > answered && cpu_now_ns > cpu_ns) {
        costs_us_.push_back(static_cast<double>(cpu_now_ns - cpu_ns) / 1e3 /
                            static_cast<double>(answered_now - answered));
      }
      if (early) return;
      cpu_ns = cpu_now_ns;
      answered = answered_now;
    }
  });
}

std::vector<double> CostPieces::stop() {
  thread_.reset();
  return std::move(costs_us_);
}

int pieces_for(double rate, Nanos length) {
  const double requests = rate * std::chrono::duration<double>(length).count();
  const double most = std::min({static_cast<double>(kMostPieces), requests / kRequestsPerPiece,
                                static_cast<double>(length / kShortestPiece)});
  const int pieces = static_cast<int>(std::max(most, 0.0));
  return pieces - pieces % 3;
}

}  // namespace tracetax
