// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/broker/consumer_loop.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace tracetax {
namespace {

using LoopClock = std::chrono::steady_clock;

constexpr auto kLook = std::chrono::milliseconds(100);  // how often it looks whether it is to end
constexpr auto kLongestPause = std::chrono::seconds(2);
constexpr auto kLastLook = std::chrono::seconds(1);

class ConsumerLoop final : public Consumer {
 public:
  ConsumerLoop(const ConsumerSpec& spec, OpenSource open, HandleMessages handle)
      : most_(static_cast<std::size_t>(std::max(spec.batch, 1))),
        within_(spec.within),
        open_(std::move(open)),
        handle_(std::move(handle)) {}

  ~ConsumerLoop() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  Status open_first(Nanos first_wait) {
    const auto until = LoopClock::now() + first_wait;
    for (;;) {
      auto source = open_();
      if (source) {
        source_ = std::move(*source);
        thread_ = std::thread([this] { run(); });
        return {};
      }
      if (LoopClock::now() >= until) return failure(source.error());
      std::this_thread::sleep_for(kLook);
    }
  }

 private:
  bool stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void run() {
    while (!stopping()) {
      if (Status ended = serve(); !ended) reopen(ended.error());
    }
    const auto until = LoopClock::now() + kLastLook;
    while (source_ != nullptr && LoopClock::now() < until) {
      const auto handled = deliver(Nanos{0});
      if (!handled || !*handled) break;
    }
    source_.reset();
  }

  Status serve() {
    while (!stopping()) {
      if (auto handled = deliver(kLook); !handled) return failure(handled.error());
    }
    return {};
  }

  /// One delivery; false if there was none.
  Result<bool> deliver(Nanos wait) {
    auto first = source_->next(wait);
    if (!first) return failure(first.error());
    if (!*first) return false;
    std::vector<BrokerMessage> messages;
    messages.push_back(std::move(**first));
    const auto full = LoopClock::now() + within_;
    Status broken;
    while (messages.size() < most_) {
      const Nanos left = std::max<Nanos>(full - LoopClock::now(), Nanos{0});
      auto more = source_->next(std::min<Nanos>(left, kLook));
      if (!more) {
        broken = failure(more.error());
        break;
      }
      if (*more) {
        messages.push_back(std::move(**more));
      } else if (LoopClock::now() >= full || stopping()) {
        break;
      }
    }
    // Of a broken connection the broker will deliver them again: they would be handled twice.
    if (!broken) return failure(broken.error());
    handle_(messages);
    if (Status done = source_->acknowledge(); !done) return failure(done.error());
    return true;
  }

  void reopen(const Error& why) {
    std::fprintf(stderr, "tracetax-target: %s; connecting again\n", why.message.c_str());
    source_.reset();
    Nanos pause = kLook;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        if (wake_.wait_for(lock, pause, [this] { return stopping_; })) return;
      }
      if (auto source = open_()) {
        source_ = std::move(*source);
        return;
      }
      pause = std::min<Nanos>(pause * 2, kLongestPause);
    }
  }

  const std::size_t most_;
  const Nanos within_;
  const OpenSource open_;
  const HandleMessages handle_;
  std::unique_ptr<MessageSource> source_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Consumer>> start_consumer(const ConsumerSpec& spec, OpenSource open,
                                                 HandleMessages handle, Nanos first_wait) {
  auto loop = std::make_unique<ConsumerLoop>(spec, std::move(open), std::move(handle));
  if (Status opened = loop->open_first(first_wait); !opened) return failure(opened.error());
  return loop;
}

}  // namespace tracetax
