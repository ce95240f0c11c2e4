// Where an answer ends, and what is not one.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/http/http_response.h"

#include <gtest/gtest.h>

#include <string>

namespace tracetax {
namespace {

using Step = HttpResponseReader::Step;

struct Outcome {
  Step step = Step::need_more;
  int status = 0;
  bool keep_alive = false;
  std::string body;
  std::size_t left = 0;  // bytes behind a complete answer
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Offers the bytes in pieces as a connection would: what was not used comes again with more behind
// it. `ended`: then the stream ends.
Outcome read_in_pieces(std::string_view bytes, std::size_t piece, bool to_head, bool ended) {
  HttpResponseReader reader;
  Outcome outcome;
  reader.begin(to_head);
  reader.collect_body(&outcome.body, 1'000'000);
  std::string unread;
  std::size_t at = 0;
  while (at < bytes.size() && outcome.step == Step::need_more) {
    const std::string_view next = bytes.substr(at, piece);
    at += next.size();
    unread += next;
    std::size_t used = 0;
    outcome.step = reader.read(unread, used);
    unread.erase(0, used);
  }
  if (outcome.step == Step::need_more && ended) {
    outcome.step = reader.started() ? reader.end_of_stream() : Step::malformed;
  }
  outcome.status = reader.status();
  outcome.keep_alive = reader.keep_alive();
  outcome.left = outcome.step == Step::complete ? unread.size() + bytes.size() - at : 0;
  return outcome;
}

Outcome read_whole(std::string_view bytes, bool to_head = false, bool ended = false) {
  return read_in_pieces(bytes, bytes.size(), to_head, ended);
}

constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4;name=value;flag\r\nwiki\r\n00A \r\n0123456789\r\n0\r\nExpires: never\r\nX: y\r\n\r\n";

TEST(HttpResponse, ContentLengthTellsTheEnd) {
  const Outcome outcome =
      read_whole("HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh:\t 5 \r\nServer: x\r\n\r\nhello");
  EXPECT_EQ(outcome, (Outcome{Step::complete, 200, true, "hello", 0}));
}

TEST(HttpResponse, ABodyOfNothingIsComplete) {
  EXPECT_EQ(read_whole("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
            (Outcome{Step::complete, 404, true, "", 0}));
}

TEST(HttpResponse, ChunksWithExtensionsAndTrailersAreRead) {
  EXPECT_EQ(read_whole(kChunked), (Outcome{Step::complete, 200, true, "wiki0123456789", 0}));
}

TEST(HttpResponse, ChunkedOverridesALength) {
  const auto outcome = read_whole(
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: gzip, "
      "Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  EXPECT_EQ(outcome, (Outcome{Step::complete, 200, true, "abc", 0}));
}

TEST(HttpResponse, ABodyWithoutALengthLastsUntilTheEndOfTheStream) {
  for (const std::string_view field : {"", "Content-Length: 2\r\nTransfer-Encoding: gzip\r\n"}) {
    const std::string text = "HTTP/1.1 200 OK\r\n" + std::string{field} + "\r\nall of it";
    EXPECT_EQ(read_whole(text).step, Step::need_more);
    EXPECT_EQ(read_whole(text, false, true), (Outcome{Step::complete, 200, false, "all of it", 0}));
  }
}

TEST(HttpResponse, SomeAnswersHaveNoBodyWhateverTheySay) {
  const std::string fields = "Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(read_whole("HTTP/1.1 204 No Content\r\n" + fields),
            (Outcome{Step::complete, 204, true, "", 0}));
  EXPECT_EQ(read_whole("HTTP/1.1 304 Not Modified\r\n" + fields),
            (Outcome{Step::complete, 304, true, "", 0}));
  EXPECT_EQ(read_whole("HTTP/1.1 200 OK\r\n" + fields, true),
            (Outcome{Step::complete, 200, true, "", 0}));
}

TEST(HttpResponse, InterimAnswersAreSkipped) {
  const Outcome outcome = read_whole(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: "
      "9\r\n\r\n"
      "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(outcome, (Outcome{Step::complete, 201, true, "ok", 0}));
  EXPECT_EQ(read_whole("HTTP/1.1 100 Continue\r\n\r\n", false, true).step, Step::malformed);
}

TEST(HttpResponse, WhetherTheConnectionStaysOpen) {
  const auto stays = [](std::string_view first, std::string_view field) {
    return read_whole(std::string{first} + " 200\r\n" + std::string{field} +
                      "Content-Length: 0\r\n\r\n")
        .keep_alive;
  };
  EXPECT_TRUE(stays("HTTP/1.1", ""));
  EXPECT_FALSE(stays("HTTP/1.0", ""));
  EXPECT_FALSE(stays("HTTP/1.1", "Connection: close\r\n"));
  EXPECT_FALSE(stays("HTTP/1.1", "connection: foo , CLOSE\r\n"));
  EXPECT_TRUE(stays("HTTP/1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_TRUE(stays("HTTP/1.1", "Connection: closed\r\n"));
  EXPECT_TRUE(stays("HTTP/1.1", "Xonnection: close\r\n"));
}

TEST(HttpResponse, BareLineFeedsAreTaken) {
  EXPECT_EQ(read_whole("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
            (Outcome{Step::complete, 200, true, "ok", 0}));
  EXPECT_EQ(read_whole("HTTP/1.1 200\nTransfer-Encoding: chunked\n\n2\nok\n0\n\n"),
            (Outcome{Step::complete, 200, true, "ok", 0}));
}

TEST(HttpResponse, WhatFollowsACompleteAnswerIsLeft) {
  const std::string next = "HTTP/1.1 200 OK";
  EXPECT_EQ(read_whole("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + next).left, next.size());
  EXPECT_EQ(read_whole(std::string{kChunked} + next).left, next.size());
  EXPECT_EQ(read_whole("HTTP/1.1 204 No Content\r\n\r\n" + next).left, next.size());
}

TEST(HttpResponse, OneReaderReadsAnswerAfterAnswer) {
  HttpResponseReader reader;
  for (const std::string_view bytes :
       {kChunked, std::string_view{"HTTP/1.0 500 Oops\r\nContent-Length: 1\r\n\r\nx"}, kChunked}) {
    reader.begin(false);
    EXPECT_FALSE(reader.started());
    std::size_t used = 0;
    EXPECT_EQ(reader.read(bytes, used), Step::complete);
    EXPECT_TRUE(reader.started());
    EXPECT_EQ(used, bytes.size());
    EXPECT_EQ(reader.body_size(), bytes == kChunked ? 14U : 1U);
  }
}

TEST(HttpResponse, AnySplitGivesTheSameOutcome) {
  const std::string texts[] = {
      std::string{kChunked},
      "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX: y\r\n\r\nhello world",
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
      "HTTP/1.1 200 OK\n\nuntil the end",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcdeX\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\r\nabcde\r\n",
  };
  for (const std::string& text : texts) {
    const Outcome whole = read_whole(text, false, true);
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      EXPECT_EQ(read_in_pieces(text, piece, false, true), whole)
          << text << "\nin pieces of " << piece;
    }
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
      const Outcome part = read_whole(std::string_view{text}.substr(0, cut));
      EXPECT_TRUE(part.step == Step::need_more || part.step == whole.step)
          << text << "\ncut at " << cut;
    }
  }
}

TEST(HttpResponse, ABodyIsCollectedUpToItsLimit) {
  HttpResponseReader reader;
  std::string body;
  reader.begin(false);
  reader.collect_body(&body, 3);
  std::size_t used = 0;
  EXPECT_EQ(reader.read(kChunked, used), Step::complete);
  EXPECT_EQ(body, "wik");
  EXPECT_EQ(reader.body_size(), 14U);
}

TEST(HttpResponse, TheHeadMayBe64KiBLong) {
  const std::string before = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
  const auto head_of = [&](std::size_t size) {
    return before + std::string(size - before.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(read_whole(head_of(HttpResponseReader::kHeadSizeMax)).step, Step::complete);
  EXPECT_EQ(read_whole(head_of(HttpResponseReader::kHeadSizeMax + 1)).step, Step::malformed);
  EXPECT_EQ(
      read_whole("HTTP/1.1 200 OK\r\nX: " + std::string(HttpResponseReader::kHeadSizeMax, 'x'))
          .step,
      Step::malformed);
}

TEST(HttpResponse, WhatCannotBeReadForSureIsMalformed) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string texts[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
      "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na",
      "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na",
      "HTTP/1.1 200 OK\r\nX: folded\r\n over two lines\r\n\r\n",
      "HTTP/1.1 200 OK\r\n Content-Length: 1\r\n\r\na",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 099 Low\r\n\r\n",
      "HTTP/1.1 2x0 OK\r\n\r\n",
      "HTTP/1.1  200 OK\r\n\r\n",
      "HTTP/1.2 200 OK\r\n\r\n",
      "HTTP/2 200\r\n\r\n",
      "http/1.1 200 OK\r\n\r\n",
      "\r\nHTTP/1.1 200 OK\r\n\r\n",
      "200 OK\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      chunked + "\r\n",
      chunked + ";ext\r\n",
      chunked + " 4\r\nwiki\r\n",
      chunked + "-1\r\n",
      chunked + "4g\r\nwiki\r\n",
      chunked + "4\rwiki\r\n",
      chunked + "4\r\nwikiX\r\n",
      chunked + "4\r\nwiki\r\r\n",
      chunked + "fffffffffffffffff\r\n",
      chunked + "1;" + std::string(5000, 'x'),
      chunked + "0\r\n" + std::string(70'000, 'x'),
      chunked + "0\r\n\rX",
  };
  for (const std::string& text : texts)
    EXPECT_EQ(read_whole(text).step, Step::malformed) << text.substr(0, 200);
}

TEST(HttpResponse, AnAnswerCutShortIsMalformedAtTheEndOfTheStream) {
  for (const std::string_view text :
       {std::string_view{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"},
        kChunked.substr(0, kChunked.size() - 1), kChunked.substr(0, 60),
        std::string_view{"HTTP/1.1 200 OK\r\n"}}) {
    EXPECT_EQ(read_whole(text, false, true).step, Step::malformed) << text;
  }
}

TEST(HttpResponse, KeepsTheOutcomeWhereItIsAskedFor) {
  HttpResponseReader reader;
  std::string outcome = "before";
  std::size_t used = 0;
  constexpr std::string_view kAnswer =
      "HTTP/1.1 409 Conflict\r\nx-OUTCOME:  no_stock sold_out \r\nContent-Length: 0\r\n\r\n";
  reader.begin(false);
  ASSERT_EQ(reader.read(kAnswer, used), Step::complete);
  EXPECT_EQ(outcome, "before");
  reader.collect_outcome(&outcome);
  reader.begin(false);
  ASSERT_EQ(reader.read(kAnswer, used), Step::complete);
  EXPECT_EQ(outcome, "no_stock sold_out");
}

}  // namespace
}  // namespace tracetax
