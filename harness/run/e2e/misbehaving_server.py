#!/usr/bin/env python3
"""A small HTTP server that goes wrong in one way: misbehaving_server.py PORT HOW [NUMBER].

The end-to-end tests of the runner measure it. It traces nothing. One thread per connection, standard
library only, answers written by hand so that it starts fast.
SPDX-License-Identifier: Apache-2.0
"""
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time

PORT, HOW = int(sys.argv[1]), sys.argv[2]
NUMBER = int(sys.argv[3]) if len(sys.argv) > 3 else 0
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n'
FAILURE = b'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 6\r\n\r\nsorry\n'
one_at_a_time = threading.Lock()
count = 0


def tick():
    """Works in the background, as an exporter does, and notes when: every 5 ms."""
    with open(os.path.join(os.environ['TIMES'], f'{os.getpid()}.ticks'), 'w', buffering=1) as ticks:
        while True:
            ticks.write(f'{time.monotonic()}\n')
            time.sleep(0.005)


def answer_one(connection):
    """Sends the answer to one request; False ends the connection."""
    global count
    with one_at_a_time:
        count += 1
        number = count
        if HOW in ('notes-times', 'notes-ticks'):
            notes.write(f'{time.monotonic()}\n')
        if HOW == 'slow':
            time.sleep(NUMBER / 1000)
        if HOW == 'warms':
            # As with a just-in-time compiler: 1.3 ms of CPU at first, 0.3 ms in the end.
            until = time.thread_time() + 0.0003 + 0.001 * math.exp(-number / NUMBER)
            while time.thread_time() < until:
                pass
        if HOW == 'slow-once' and launch == NUMBER:
            time.sleep(0.03)
    if HOW == 'exits-while-measured' and number > NUMBER:
        print('out of ideas', flush=True)
        os._exit(4)
    if HOW == 'loses-child' and number == NUMBER:
        child.kill()
        child.wait()
    if HOW == 'stands-still' and number == NUMBER:
        subprocess.Popen(['sh', '-c', f'sleep 0.5; kill -CONT {os.getpid()}'])
        os.kill(os.getpid(), signal.SIGSTOP)
    if HOW == 'hangs' and number > NUMBER:
        time.sleep(1000)
    if HOW == 'errors' and number % NUMBER == 0 or HOW == 'errors-after' and number > NUMBER:
        connection.sendall(FAILURE)
    elif HOW == 'always-500':
        connection.sendall(FAILURE)
    elif HOW == 'closes' and number % NUMBER == 0:
        return False
    else:
        connection.sendall(ANSWER)
    return True


def serve(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    pending = b''
    try:
        while True:
            while b'\r\n\r\n' in pending:
                pending = pending.split(b'\r\n\r\n', 1)[1]
                if not answer_one(connection):
                    connection.close()
                    return
            piece = connection.recv(65536)
            if not piece:
                return
            pending += piece
    except OSError:
        pass


if HOW in ('notes-times', 'notes-ticks'):
    notes = open(os.path.join(os.environ['TIMES'], str(os.getpid())), 'w', buffering=1)
if HOW == 'notes-ticks':
    threading.Thread(target=tick, daemon=True).start()
if HOW == 'slow-once':
    with open(os.path.join(os.environ['TIMES'], 'launches'), 'a+') as launches:
        launches.write('x')
        launch = launches.tell()
if HOW == 'raises':
    print(os.environ['DATABASE_URL'])
if HOW == 'exits':
    print('cannot open the database', file=sys.stderr)
    sys.exit(3)
if HOW == 'never-ready':
    print('waiting for a friend', flush=True)
    time.sleep(1000)
if HOW == 'ignores-sigterm':
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if HOW == 'loses-child':
    child = subprocess.Popen(['sleep', '1000'])
if HOW == 'daemon':
    # Escapes from the session, ignores what can be ignored, and is nobody's child any more.
    subprocess.run(['sh', '-c', "(setsid sh -c 'trap \"\" TERM HUP INT; while :; do sleep 1; done' &)"])
listener = socket.create_server(('127.0.0.1', PORT), backlog=128)
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
