"""The calls that capture.py makes over RPC wires, in the standard library only: Echo "hello", GetUser 42, and a method
that is not there. They look for one message each and take its bytes apart no further.
SPDX-License-Identifier: Apache-2.0
"""
import contextlib
import http.client
import json
import os
import socket
import struct
import sys
from functools import partial

sys.path.insert(0, os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')))
from http2_client import Client  # noqa: E402

CALLS = [('Echo', 'hello'), ('GetUser', 42), ('Nosuch', 'hello')]


def protobuf_of(body):
    """EchoRequest or GetUserRequest."""
    return b'\x08' + bytes([body]) if isinstance(body, int) else b'\x0a' + bytes([len(body)]) + body.encode()


def thrift_of(body):
    """The struct of the arguments, whose one field is the request."""
    field = struct.pack('>BHq', 10, 1, body) if isinstance(body, int) else \
        struct.pack('>BHI', 11, 1, len(body)) + body.encode()
    return struct.pack('>BH', 12, 1) + field + b'\0\0'


def jce_of(body):
    """The struct that is parameter 1."""
    field = b'\x00' + bytes([body]) if isinstance(body, int) else b'\x06' + bytes([len(body)]) + body.encode()
    return b'\x1a' + field + b'\x0b'


def text16(text):
    return struct.pack('>H', len(text)) + text.encode()


def framed(payload):
    return struct.pack('>I', len(payload)) + payload


def exchange(port, request, size_of_rest):
    """The whole frame that comes back, and the client's port; `size_of_rest` says what a length counts."""
    with contextlib.closing(socket.create_connection(('127.0.0.1', port), timeout=20)) as connection:
        connection.sendall(request)
        answer = b''
        while len(answer) < 4 or len(answer) < size_of_rest(struct.unpack('>I', answer[:4])[0]):
            more = connection.recv(65536)
            if not more:
                break
            answer += more
        return answer, connection.getsockname()[1]


def kitex_frame(call, body, context, is_protobuf):
    """TTHeader around a message that is framed once more, as Kitex' own clients have it."""
    magic, arguments = (0x90010001, protobuf_of(body)) if is_protobuf else (0x80010001, thrift_of(body))
    message = struct.pack('>II', magic, len(call)) + call.encode() + struct.pack('>I', 7) + arguments
    blocks = bytes([4 if is_protobuf else 0, 0])
    if context:
        blocks += b'\x01' + struct.pack('>H', 1) + text16('RPC_TRANSIT_traceparent') + text16(context)
    blocks += b'\x10' + struct.pack('>HH', 2, 6) + text16('bench.v1.Bench') + struct.pack('>H', 9) + text16(call)
    blocks += b'\0' * (-len(blocks) % 4)
    return framed(struct.pack('>HHIH', 0x1000, 0, 7, len(blocks) // 4) + blocks + framed(message))


def kitex_call(is_protobuf, port, call, body, context):
    """Status 0 is a reply; else it is the exception's type, 3."""
    answer, peer_port = exchange(port, kitex_frame(call, body, context, is_protobuf), lambda rest: 4 + rest)
    head = 14 + 4 * struct.unpack('>H', answer[12:14])[0]
    kind = answer[head + 4 + 3]
    return (0 if kind == 2 else kind), '', answer, [], peer_port


def tars_call(port, call, body, context):
    """Status is the packet's iRet. Fields of RequestPacket: 1 to 10."""
    def short(tag, text):
        return bytes([tag << 4 | 6, len(text)]) + text.encode()

    def entries(pairs):
        return b''.join(short(0, key) + short(1, value) for key, value in pairs)

    buffer = jce_of(body)
    status = [('traceparent', context)] if context else []
    packet = (b'\x10\x01\x2c\x3c' + b'\x40\x07' + short(5, 'tracetax.Bench.BenchObj') + short(6, call) +
              b'\x7d\x00\x00' + bytes([len(buffer)]) + buffer + b'\x81' + struct.pack('>H', 3000) +
              b'\x98\x0c' + b'\xa8' + (b'\x00\x01' if status else b'\x0c') + entries(status))
    answer, peer_port = exchange(port, struct.pack('>I', len(packet) + 4) + packet, lambda whole: whole)
    # iVersion, cPacketType and iRequestId take two bytes at most each; iRet is tag 5 behind iMessageType, tag 4.
    return (0 if b'\x4c\x5c' in answer[:16] else 1), '', answer, [], peer_port


def grpc_call(as_header, port, call, body, context):
    """Status 0 is an answer with a message; any other is 1: http2_client does not read the trailers."""
    with Client(port) as client:
        answer = client.call(f'/bench.v1.Bench/{call}', protobuf_of(body), **({as_header: context} if context else {}))
        return int(answer is None), 'application/grpc', answer or b'', [], client.socket.getsockname()[1]


def gomicro_call(port, call, body, context):
    with contextlib.closing(http.client.HTTPConnection('127.0.0.1', port, timeout=20)) as connection:
        headers = {'Content-Type': 'application/json', 'Micro-Service': 'bench', 'Micro-Endpoint': f'Bench.{call}',
                   'Micro-Method': f'Bench.{call}', 'Micro-Id': '1', 'Timeout': '5000000000'}
        if context:
            headers['traceparent'] = context
        field = 'id' if isinstance(body, int) else 'text'
        connection.request('POST', '/', json.dumps({field: body}), headers)
        peer_port = connection.sock.getsockname()[1]
        answer = connection.getresponse()
        return answer.status, answer.getheader('Content-Type', ''), answer.read(), answer.getheaders(), peer_port


# By the wire that a service describes, or by its name.
BY_WIRE = {'grpc': partial(grpc_call, 'traceparent'), 'kitex-grpc': partial(grpc_call, 'rpc-transit-traceparent'),
           'kitex': partial(kitex_call, False), 'kitex-pb': partial(kitex_call, True),
           'tars': tars_call, 'gomicro': gomicro_call}
