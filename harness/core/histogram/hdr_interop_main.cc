// Our side of the exchange with HdrHistogram's Java library: the same commands and the same output
// as java/HdrInterop.java, so that test_hdr_interop.py can compare the two line by line. Test only.
// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <span>
#include <sstream>
#include <stdexcept>

#include "harness/core/histogram/hdr_codec.h"
#include "harness/core/histogram/hdr_log.h"

namespace {

using namespace tracetax;

constexpr const char* kUsage =
    "usage: hdr_interop write-blob FILE LOWEST HIGHEST DIGITS COUNT SEED\n"
    "       hdr_interop read-blob FILE | hgrm FILE | write-log FILE | read-log FILE\n";

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) {
    throw std::runtime_error(fmt::format("'{}' is not a number", text));
  }
  return value;
}

template <typename T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// `count` values from a linear congruential generator: a random width in bits, then random bits.
Histogram generate(const HistogramRange& range, std::int64_t count, std::int64_t seed) {
  Histogram histogram = need(Histogram::make(range));
  auto state = static_cast<std::uint64_t>(seed);
  for (std::int64_t i = 0; i < count; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    const auto shift = static_cast<int>((state >> 33) % 40);
    const auto value = static_cast<std::int64_t>((state >> 22) >> shift);
    histogram.record(value % (range.highest + 1));
  }
  return histogram;
}

void print(std::string_view tag, const Histogram& histogram) {
  fmt::print("tag={} count={} min={} max={}", tag, histogram.count(), histogram.min(),
             histogram.max());
  for (const double percent : {0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    fmt::print(" p{}={}", percent, histogram.percentile(percent));
  }
  fmt::print("\n");
}

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error(path + ": cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream file{path, std::ios::binary};
  file << text;
  if (!file.flush()) throw std::runtime_error(path + ": cannot be written");
}

Histogram read_blob(const std::string& path) {
  const std::string text = read_file(path);
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  return need(decode_compressed(bytes));
}

void write_blob(const std::string& path, const Histogram& histogram) {
  const std::vector<std::uint8_t> bytes = encode_compressed(histogram);
  write_file(path, std::string{bytes.begin(), bytes.end()});
  print("-", histogram);
}

void write_log(const std::string& path) {
  HdrLog log{.start_time_s = 1'700'000'000.5, .intervals = {}};
  log.intervals.push_back({"", 0, 1, generate({}, 20'000, 1)});
  log.intervals.push_back({"response", 0, 1, generate({}, 50'000, 2)});
  log.intervals.push_back({"service", 1, 1.5, generate({1000, 60'000'000'000, 2}, 10'000, 3)});
  log.intervals.push_back({"lag", 2.5, 1, Histogram{}});
  write_file(path, write_hdr_log(log, "written by tracetax"));
  for (const auto& interval : log.intervals) print(interval.tag, interval.histogram);
}

void read_log(const std::string& path) {
  const HdrLog log = need(read_hdr_log(read_file(path)));
  for (const auto& interval : log.intervals) print(interval.tag, interval.histogram);
  for (const auto& interval : log.intervals) {
    fmt::print("start={:.3f} length={:.3f}\n", log.start_time_s + interval.start_s,
               interval.length_s);
  }
}

bool run(std::span<char*> arguments) {
  if (arguments.size() < 3) return false;
  const std::string command = arguments[1];
  const std::string path = arguments[2];
  if (command == "write-blob" && arguments.size() == 8) {
    const HistogramRange range{number(arguments[3]), number(arguments[4]),
                               static_cast<int>(number(arguments[5]))};
    write_blob(path, generate(range, number(arguments[6]), number(arguments[7])));
  } else if (command == "read-blob") {
    print("-", read_blob(path));
  } else if (command == "hgrm") {
    fmt::print("{}", write_hgrm(read_blob(path)));
  } else if (command == "write-log") {
    write_log(path);
  } else if (command == "read-log") {
    read_log(path);
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (run({argv, static_cast<std::size_t>(argc)})) return 0;
    std::cerr << kUsage;
  } catch (const std::exception& error) {
    std::cerr << "hdr_interop: " << error.what() << '\n';
  }
  return 2;
}
