"""Our Thrift against Apache's library (python3-thrift): what the library writes, our reader takes apart and our
writer writes again, byte for byte; and what is cut short is refused.
SPDX-License-Identifier: Apache-2.0
"""

import os
import pathlib
import random
import subprocess
import unittest

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TApplicationException, TMessageType, TType
from thrift.transport.TTransport import TMemoryBuffer

PROGRAM = pathlib.Path(os.environ["TRACETAX_BIN"]) / "thrift_interop"
SCALARS = [TType.BOOL, TType.BYTE, TType.DOUBLE, TType.I16, TType.I32, TType.I64, TType.STRING]


def write_value(protocol, random_, depth, kind):
    """A random value of `kind`."""
    if kind == TType.BOOL:
        protocol.writeBool(random_.random() < 0.5)
    elif kind == TType.BYTE:
        protocol.writeByte(random_.randint(-128, 127))
    elif kind == TType.DOUBLE:
        protocol.writeDouble(random_.uniform(-1e9, 1e9))
    elif kind == TType.I16:
        protocol.writeI16(random_.randint(-(2**15), 2**15 - 1))
    elif kind == TType.I32:
        protocol.writeI32(random_.randint(-(2**31), 2**31 - 1))
    elif kind == TType.I64:
        protocol.writeI64(random_.randint(-(2**63), 2**63 - 1))
    elif kind == TType.STRING:
        protocol.writeBinary(random_.randbytes(random_.randint(0, 40)))
    elif kind == TType.STRUCT:
        write_struct(protocol, random_, depth - 1)
    else:
        write_container(protocol, random_, depth - 1, kind)


def pick(random_, depth):
    kinds = SCALARS if depth <= 0 else SCALARS + [TType.STRUCT, TType.MAP, TType.SET, TType.LIST]
    return random_.choice(kinds)


def write_container(protocol, random_, depth, kind):
    size, first, second = random_.randint(0, 4), pick(random_, depth), pick(random_, depth)
    if kind == TType.MAP:
        protocol.writeMapBegin(first, second, size)
        for _ in range(size):
            write_value(protocol, random_, depth, first)
            write_value(protocol, random_, depth, second)
    else:
        begin = protocol.writeSetBegin if kind == TType.SET else protocol.writeListBegin
        begin(first, size)
        for _ in range(size):
            write_value(protocol, random_, depth, first)


def write_struct(protocol, random_, depth):
    protocol.writeStructBegin("")
    for _ in range(random_.randint(0, 6)):
        kind = pick(random_, depth)
        protocol.writeFieldBegin("", kind, random_.randint(-(2**15), 2**15 - 1))
        write_value(protocol, random_, depth, kind)
    protocol.writeFieldStop()


def message(seed):
    random_ = random.Random(seed)
    buffer = TMemoryBuffer()
    protocol = TBinaryProtocol(buffer, strictWrite=True)
    kind = random_.choice([TMessageType.CALL, TMessageType.REPLY, TMessageType.EXCEPTION, TMessageType.ONEWAY])
    protocol.writeMessageBegin("method%d" % seed, kind, random_.randint(-(2**31), 2**31 - 1))
    if kind == TMessageType.EXCEPTION:
        TApplicationException(random_.randint(0, 10), "what went wrong").write(protocol)
    else:
        write_struct(protocol, random_, 4)
    return buffer.getvalue()


def rewritten(messages):
    lines = "".join(m.hex() + "\n" for m in messages)
    done = subprocess.run([PROGRAM], input=lines, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


class ThriftInterop(unittest.TestCase):
    def test_what_the_library_writes_is_read_and_written_again(self):
        messages = [message(seed) for seed in range(500)]
        self.assertEqual(rewritten(messages), [m.hex() for m in messages])

    def test_what_is_cut_short_is_refused(self):
        messages = [message(seed) for seed in range(200)]
        self.assertEqual(rewritten(m[:-1] for m in messages), ["refused"] * len(messages))

    def test_the_old_form_without_a_version_is_refused(self):
        buffer = TMemoryBuffer()
        protocol = TBinaryProtocol(buffer, strictWrite=False)
        protocol.writeMessageBegin("method", TMessageType.CALL, 1)
        protocol.writeFieldStop()
        self.assertEqual(rewritten([buffer.getvalue()]), ["refused"])


if __name__ == "__main__":
    unittest.main()
