"""The benchmark's service (harness/wire/bench_messages.h) in plain Python over Apache's Thrift library, for
test_rpc.py. Usage: testing_thrift_server.py PORT [--echo-wrongly]. Prints nothing; ends with SIGTERM.
SPDX-License-Identifier: Apache-2.0
"""

import socketserver
import sys

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TApplicationException, TMessageType, TType
from thrift.transport.TTransport import TFramedTransport, TFileObjectTransport, TTransportException


def read_struct(protocol):
    """The fields by id, nested as the bytes have it."""
    fields = {}
    protocol.readStructBegin()
    while True:
        _, kind, number = protocol.readFieldBegin()
        if kind == TType.STOP:
            return fields
        read = {TType.STRUCT: lambda: read_struct(protocol), TType.STRING: protocol.readString,
                TType.I64: protocol.readI64, TType.I32: protocol.readI32}
        fields[number] = read[kind]()


def write_field(protocol, kind, number, value):
    protocol.writeFieldBegin("", kind, number)
    write = {TType.STRING: protocol.writeString, TType.I64: protocol.writeI64, TType.I32: protocol.writeI32}
    write[kind](value)


def write_result(protocol, fields):
    protocol.writeFieldBegin("success", TType.STRUCT, 0)
    for kind, number, value in fields:
        write_field(protocol, kind, number, value)
    protocol.writeFieldStop()
    protocol.writeFieldStop()


class Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        transport = TFramedTransport(TFileObjectTransport(self.connection.makefile("rwb")))
        protocol = TBinaryProtocol(transport, strictRead=True, strictWrite=True)
        try:
            while True:
                self.answer(protocol, *protocol.readMessageBegin())
                transport.flush()
        except (TTransportException, EOFError, OSError):
            pass

    def answer(self, protocol, name, _, sequence):
        arguments = read_struct(protocol)
        if name not in ("Echo", "GetUser", "Add"):
            protocol.writeMessageBegin(name, TMessageType.EXCEPTION, sequence)
            TApplicationException(TApplicationException.UNKNOWN_METHOD, "no method " + name).write(protocol)
            return
        protocol.writeMessageBegin(name, TMessageType.REPLY, sequence)
        if name == "Echo":
            write_result(protocol, [(TType.STRING, 1, arguments[1][1] + ("!" if self.server.echoes_wrongly else ""))])
        elif name == "GetUser":
            user = arguments[1][1]
            # In another order than ours, which Thrift allows.
            write_result(protocol, [(TType.STRING, 2, "user-%d" % user), (TType.I64, 1, user)])
        else:
            write_field(protocol, TType.I32, 0, arguments[1] + arguments[2])
            protocol.writeFieldStop()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    echoes_wrongly = "--echo-wrongly" in sys.argv


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Connection).serve_forever()
