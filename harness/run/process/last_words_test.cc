// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/last_words.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(LastWords, AreTheLastLinesInOne) {
  EXPECT_EQ(last_words("a\n\nb\r\n\x1b[1mc\n"), "a | b |  [1mc");
  EXPECT_EQ(last_words("  \n"), "nothing");
  EXPECT_EQ(last_words("0123456789", 4), "...6789");
}

TEST(LastWords, AreTheExceptionOfTheLastTraceback) {
  EXPECT_EQ(last_words("[INFO] Booting worker with pid: 7\n"
                       "Traceback (most recent call last):\n"
                       "  File \"a.py\", line 1, in <module>\n"
                       "    import flask\n"
                       "ModuleNotFoundError: No module named 'flask'\n"
                       "\n"
                       "During handling of the above exception, another exception occurred:\n"
                       "\n"
                       "Traceback (most recent call last):\n"
                       "  File \"b.py\", line 9, in load\n"
                       "pkg.Unusable: no application\n"
                       "[ERROR] Worker (pid:7) exited with code 3\n"
                       "[ERROR] Reason: Worker failed to boot.\n"),
            "pkg.Unusable: no application");
  EXPECT_EQ(last_words("Traceback (most recent call last):\n  File \"a.py\""),
            "Traceback (most recent call last): |   File \"a.py\"")
      << "cut off";
}

TEST(LastWords, AreTheReasonThatOtherRuntimesGive) {
  EXPECT_EQ(
      last_words(
          "node:internal/modules/cjs/loader:1\n  throw err;\n  ^\n\n"
          "Error: Cannot find module 'express'\nRequire stack:\n- /app/x.js\n"
          "    at Module.load (node:internal)\n  code: 'MODULE_NOT_FOUND'\n}\n\nNode.js v20\n"),
      "Error: Cannot find module 'express'");
  EXPECT_EQ(
      last_words("Exception in thread \"main\" java.net.BindException: in use\n\tat a.b(C.java)\n"),
      "Exception in thread \"main\" java.net.BindException: in use");
  EXPECT_EQ(
      last_words(
          "panic: no port\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:5\nexit status 2\n"),
      "panic: no port");
  EXPECT_EQ(last_words("no Error: here\nbye\n"), "no Error: here | bye");
}

TEST(LastWords, AreTheErrorOfADatabaseAndNotItsHints) {
  EXPECT_EQ(last_words("2026-12-01 15:00:00 UTC [7] ERROR:  could not extend file \"base/5/1\"\n"
                       "2026-12-01 15:00:00 UTC [7] HINT:  Check free disk space.\n"
                       "2026-12-01 15:00:00 UTC [7] STATEMENT:  insert into sold\n"
                       "2026-12-01 15:00:01 UTC [8] FATAL:  the database system is starting up\n"),
            "2026-12-01 15:00:00 UTC [7] ERROR:  could not extend file \"base/5/1\"");
}

}  // namespace
}  // namespace tracetax
