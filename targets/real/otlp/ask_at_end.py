#!/usr/bin/env python3
"""Runs $PROGRAM with the arguments, and asks it for $ASK (URLs) before it lets SIGTERM end it: ask_at_end.py ARGUMENT...
Each answer becomes a file in the folder $TOLD, named after the time and the place of its URL. So a test knows what a
Collector or Jaeger counted although `tracetax run` starts and ends it.
SPDX-License-Identifier: Apache-2.0
"""
import os
import signal
import subprocess
import sys
import time
import urllib.request

process = subprocess.Popen([os.environ['PROGRAM'], *sys.argv[1:]])


def end(*_):
    now = time.time_ns()
    try:
        for place, url in enumerate(os.environ['ASK'].split()):
            with urllib.request.urlopen(url, timeout=20) as answer:
                with open(os.path.join(os.environ['TOLD'], f'{now}.{place}'), 'wb') as file:
                    file.write(answer.read())
    finally:
        process.terminate()


signal.signal(signal.SIGTERM, end)
sys.exit(process.wait())
