#!/usr/bin/env python3
"""A small HTTP server that answers each request after a while: patient_server.py PORT MILLISECONDS.

A driver may be late by a twentieth of the service time, so a test that measures this server gets valid
segments on a busy machine too. It traces nothing; standard library only.
SPDX-License-Identifier: Apache-2.0
"""
import http.server
import sys
import time


class Patient(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        time.sleep(int(sys.argv[2]) / 1000)
        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n')

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


Server(('127.0.0.1', int(sys.argv[1])), Patient).serve_forever()
