// A main() for any LLVMFuzzerTestOneInput where libFuzzer is not at hand (g++ has none). Replays
// the files of a corpus folder, then mutates them by a seed until the time is up. It is blind: no
// coverage steers it, so the corpus must reach the interesting states by itself.
// Usage: x_fuzz CORPUS_DIR [--seconds=N] [--seed=N]. An input that crashes, trips a sanitizer or
// takes over 10 s is written to ./crash-<n>; put it into a corpus folder to run it again.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Hooks of the sanitizers; absent (null) or never called in a build without them.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());
extern "C" const char* __ubsan_default_options();
extern "C" const char* __ubsan_default_options() {
  // Abort, because g++'s runtime of "undefined" does not call the death callback of "address".
  return "halt_on_error=1:abort_on_error=1:print_stacktrace=1";
}

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t kMaxInput = 64 * 1024;
constexpr unsigned kInputLimitSeconds = 10;
constexpr int kUsage = 2;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Its own handlers know more about a bad access than ours; they end in the death callback.
constexpr bool kSanitizerExplainsFaults = true;
#else
constexpr bool kSanitizerExplainsFaults = false;
#endif

// --- the input being run, where a signal handler can find it ---

struct Current {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  char file[32] = "crash-0";  // ready made: a handler must not format
};
Current current;

void say(const char* text) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, std::strlen(text));
}

/// Async-signal-safe: open, write and nothing else.
void save_current() {
  const int file = open(current.file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  std::size_t done = 0;
  while (file >= 0 && done < current.size) {
    const ssize_t n = write(file, current.data + done, current.size - done);
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  if (file >= 0) close(file);
  say(file >= 0 ? "input saved as " : "input could not be saved as ");
  say(current.file);
  say("\n");
}

extern "C" void on_signal(int signal) {
  say(signal == SIGALRM ? "\nfuzz: an input took more than 10 s; " : "\nfuzz: crash; ");
  save_current();
  if (signal == SIGALRM) _exit(1);
  raise(signal);  // the default action, restored by SA_RESETHAND, once this handler returns
}

void on_sanitizer_death() {
  say("\nfuzz: sanitizer report; ");
  save_current();
}

void catch_crashes() {
  // A stack of its own, or an overflowing recursion could not be reported.
  static std::array<char, 64 * 1024> signal_stack;
  stack_t stack{};
  stack.ss_sp = signal_stack.data();
  stack.ss_size = signal_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK);
  std::vector<int> signals = {SIGABRT, SIGALRM};
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(on_sanitizer_death);
  if (!kSanitizerExplainsFaults) {
    signals.insert(signals.end(), {SIGSEGV, SIGBUS, SIGFPE, SIGILL});
  }
  for (const int signal : signals) sigaction(signal, &action, nullptr);
}

void run(const Input& input, std::uint64_t number) {
  // An exact copy on the heap, so that a sanitizer sees one byte read too far.
  const std::unique_ptr<std::uint8_t[]> copy{new std::uint8_t[input.size()]};
  std::copy(input.begin(), input.end(), copy.get());
  current.data = copy.get();
  current.size = input.size();
  constexpr std::size_t kPrefix = 6;  // "crash-"
  *std::to_chars(current.file + kPrefix, std::end(current.file) - 1, number).ptr = '\0';
  alarm(kInputLimitSeconds);
  LLVMFuzzerTestOneInput(current.data, current.size);
  alarm(0);
  current.size = 0;
}

// --- mutation ---

class Mutator {
 public:
  Mutator(const std::vector<Input>& corpus, std::uint64_t seed) : corpus_(corpus), random_(seed) {}

  Input next() {
    Input input = pick_input();
    // Mostly few changes: an input that is wrong everywhere fails at the first check.
    const std::size_t changes = std::size_t{1} << below(5);
    for (std::size_t i = 0; i < changes; ++i) change(input);
    if (input.size() > kMaxInput) input.resize(kMaxInput);
    return input;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  const Input& pick_input() { return corpus_[below(corpus_.size())]; }
  static auto at(Input& input, std::size_t offset) {
    return input.begin() + static_cast<std::ptrdiff_t>(offset);
  }

  void change(Input& input) {
    if (input.empty()) return insert(input);
    switch (below(8)) {
      case 0:
        input[below(input.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        return;
      case 1:
        input[below(input.size())] = static_cast<std::uint8_t>(random_());
        return;
      case 2:
        return insert(input);
      case 3:
        return erase(input);
      case 4:
        return duplicate(input);
      case 5:
        return splice(input);
      case 6:
        return put_integer(input);
      default:
        return put_digits(input);
    }
  }

  void insert(Input& input) {
    const Input bytes(1 + below(8), static_cast<std::uint8_t>(random_()));
    input.insert(at(input, below(input.size() + 1)), bytes.begin(), bytes.end());
  }

  void erase(Input& input) {
    const std::size_t from = below(input.size());
    const std::size_t count = 1 + below(std::min<std::size_t>(input.size() - from, 64));
    input.erase(at(input, from), at(input, from + count));
  }

  void duplicate(Input& input) {
    const std::size_t from = below(input.size());
    const std::size_t count = 1 + below(input.size() - from);
    const Input piece(at(input, from), at(input, from + count));
    input.insert(at(input, below(input.size() + 1)), piece.begin(), piece.end());
    if (input.size() > kMaxInput) input.resize(kMaxInput);
  }

  /// The front of this input and the back of another.
  void splice(Input& input) {
    Input other = pick_input();
    if (other.empty()) return;
    input.resize(below(input.size() + 1));
    input.insert(input.end(), at(other, below(other.size())), other.end());
  }

  /// Overwrites with a number that limits are made of, in one of four sizes and either byte order.
  void put_integer(Input& input) {
    static constexpr std::array<std::uint64_t, 14> kNumbers = {0,
                                                               1,
                                                               0x7f,
                                                               0x80,
                                                               0xff,
                                                               0x7fff,
                                                               0x8000,
                                                               0xffff,
                                                               0x7fffffff,
                                                               0x80000000,
                                                               0xffffffff,
                                                               0x7fffffffffffffff,
                                                               0x8000000000000000,
                                                               0xffffffffffffffff};
    const std::size_t size = std::min(std::size_t{1} << below(4), input.size());
    const std::uint64_t number = kNumbers[below(kNumbers.size())];
    const bool big_endian = below(2) == 0;
    const std::size_t offset = below(input.size() - size + 1);
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t shift = 8 * (big_endian ? size - 1 - i : i);
      input[offset + i] = static_cast<std::uint8_t>(number >> shift);
    }
  }

  /// The same for numbers in text.
  void put_digits(Input& input) {
    static constexpr std::array<std::string_view, 10> kNumbers = {"0",
                                                                  "-1",
                                                                  "1e308",
                                                                  "1e-308",
                                                                  "nan",
                                                                  "2147483648",
                                                                  "4294967296",
                                                                  "9223372036854775807",
                                                                  "9223372036854775808",
                                                                  "18446744073709551616"};
    const std::string_view text = kNumbers[below(kNumbers.size())];
    input.insert(at(input, below(input.size() + 1)), text.begin(), text.end());
  }

  const std::vector<Input>& corpus_;
  std::mt19937_64 random_;
};

// --- the command ---

struct Options {
  std::string corpus;
  unsigned seconds = 2;
  std::uint64_t seed = 1;
};

template <typename T>
bool parse_flag(std::string_view argument, std::string_view name, T& value) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  const auto [end, error] =
      std::from_chars(argument.data(), argument.data() + argument.size(), value);
  return error == std::errc{} && end == argument.data() + argument.size();
}

std::optional<Options> parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (parse_flag(argument, "--seconds=", options.seconds)) continue;
    if (parse_flag(argument, "--seed=", options.seed)) continue;
    if (argument.starts_with("-") || !options.corpus.empty()) return std::nullopt;
    options.corpus = argument;
  }
  if (options.corpus.empty()) return std::nullopt;
  return options;
}

/// In the order of the file names, so that a seed means the same everywhere.
std::vector<Input> read_corpus(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Input> corpus;
  for (const auto& path : files) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    const std::string bytes = text.str();
    corpus.emplace_back(bytes.begin(), bytes.end());
  }
  return corpus;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (!options) {
    std::fprintf(stderr, "usage: %s CORPUS_DIR [--seconds=N] [--seed=N]\n", argv[0]);
    return kUsage;
  }
  const std::vector<Input> corpus = read_corpus(options->corpus);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: no such folder, or no files in it; a corpus folder is needed\n",
                 options->corpus.c_str());
    return kUsage;
  }
  catch_crashes();
  std::uint64_t ran = 0;
  for (const Input& input : corpus) run(input, ran++);
  Mutator mutator{corpus, options->seed};
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds{options->seconds};
  while (Clock::now() < end) run(mutator.next(), ran++);
  std::printf("%llu inputs ran (%zu of the corpus, seed %llu, %u s): no failure\n",
              static_cast<unsigned long long>(ran), corpus.size(),
              static_cast<unsigned long long>(options->seed), options->seconds);
  return 0;
}
