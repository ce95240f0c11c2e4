// Tells whoever works on a request that its caller has gone. The owner of the connection cancels; a
// stage that waits watches. No reason is carried, and nothing is undone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace tracetax {

/// Any thread; must outlive its watches.
class Cancellation {
 public:
  /// Calls `on_cancel` once, at once if it is cancelled already; not after its own end. `on_cancel`
  /// runs under a lock and must be short.
  class Watch {
   public:
    Watch(Cancellation& watched, std::function<void()> on_cancel)
        : watched_(watched), on_cancel_(std::move(on_cancel)) {
      const std::lock_guard lock(watched_.mutex_);
      if (watched_.cancelled_) {
        on_cancel_();
      } else {
        watched_.watches_.push_back(this);
      }
    }
    ~Watch() {
      const std::lock_guard lock(watched_.mutex_);
      std::erase(watched_.watches_, this);
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    friend class Cancellation;
    Cancellation& watched_;
    std::function<void()> on_cancel_;
  };

  void cancel() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(cancelled_, true)) return;
    for (Watch* watch : watches_) watch->on_cancel_();
    watches_.clear();
  }

 private:
  std::mutex mutex_;
  bool cancelled_ = false;
  std::vector<Watch*> watches_;
};

}  // namespace tracetax
