// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/logs/local_stamp.h"

namespace tracetax {

const LocalStamp& local_stamp(std::time_t now) {
  thread_local LocalStamp stamp;
  if (now == stamp.second) return stamp;
  std::tm local{};
  localtime_r(&now, &local);
  std::strftime(stamp.date.data(), stamp.date.size(), "%Y-%m-%dT%H:%M:%S", &local);
  if (local.tm_gmtoff == 0) {
    stamp.zone = {'Z'};
  } else {
    std::array<char, 8> digits{};  // "+0200"
    std::strftime(digits.data(), digits.size(), "%z", &local);
    stamp.zone = {digits[0], digits[1], digits[2], ':', digits[3], digits[4]};
  }
  stamp.second = now;
  return stamp;
}

}  // namespace tracetax
