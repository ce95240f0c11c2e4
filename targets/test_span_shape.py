"""The emulated services beside the real ones: the same calls, made by the same program (real/go/capture.py), and what
came of them held against real/go/captured/NAME.json: status, headers and text of the answer; the resource; of each span
name, kind, parent, status, scope, schema URL, flags, attributes in their order with types and values, and events. What
may differ stands in service/listed_differences.json with its reason; what differs and is not listed fails, and so does
what is listed and does not differ.

    test_span_shape.py [NAME...]      prints the differences that are not listed

SPDX-License-Identifier: Apache-2.0
"""
import concurrent.futures
import fnmatch
import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'real', 'go'))
sys.path.insert(0, HERE)
import capture  # noqa: E402
from target_process import PROGRAM, run_program  # noqa: E402

LISTED = os.path.join(HERE, 'service', 'listed_differences.json')
capture.command = lambda name: [PROGRAM, name]


def names():
    """Captured and emulated."""
    emulated = {line.split()[0] for line in run_program('--list').stdout.splitlines() if line.strip()}
    captured = {file[:-5] for file in os.listdir(capture.CAPTURED) if file.endswith('.json')}
    return sorted(captured & emulated)


def put_attributes(attributes, where, parts):
    parts[where + 'attributes'] = [f'{one["key"]}:{one["type"]}' for one in attributes]
    for one in attributes:
        parts[f'{where}{one["key"]}'] = one['value']


def parts_of_span(span, where):
    parts = {}
    for key, value in span.items():
        if key == 'attributes':
            put_attributes(value, where, parts)
        elif key == 'events':
            parts[where + 'events'] = [event['name'] for event in value]
            for event in value:
                put_attributes(event['attributes'], f'{where}{event["name"]}.', parts)
        elif isinstance(value, dict):
            parts.update({f'{where}{key}.{inner}': one for inner, one in value.items()})
        else:
            parts[where + key] = value
    return parts


def parts_of(captured):
    """{(call, part): value} of everything that is compared."""
    resource = {'schema_url': captured['resource']['schema_url']}
    put_attributes(captured['resource']['attributes'], '', resource)
    parts = {('resource', key): value for key, value in resource.items()}
    for call in captured['calls']:
        title = f'{call["call"]}, parent {call["parent"]}'
        for key in ('status', 'content_type', 'headers', 'answer'):
            parts[title, key] = call.get(key)
        parts[title, 'spans'] = len(call['spans'])
        for number, span in enumerate(call['spans']):
            where = 'span.' if number == 0 else f'span{number + 1}.'
            parts.update({(title, key): value for key, value in parts_of_span(span, where).items()})
    return parts


def differences(name):
    """[(call, part, real, emulated)]; None is a part that one of them does not have."""
    real, emulated = parts_of(capture.stored(name)), parts_of(capture.capture(name))
    return [(*key, real.get(key), emulated.get(key)) for key in {**real, **emulated} if real.get(key) != emulated.get(key)]


def covers(entry, name, call, part):
    return (any(fnmatch.fnmatchcase(name, one) for one in entry['of']) and fnmatch.fnmatchcase(call, entry.get('call', '*'))
            and any(fnmatch.fnmatchcase(part, one) for one in entry['what']))


class Shapes(unittest.TestCase):
    def test_differ_as_listed(self):
        listed = json.load(open(LISTED, encoding='utf-8'))
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            found = dict(zip(names(), pool.map(differences, names())))
        for name, differing in found.items():
            for call, part, real, emulated in differing:
                if not any(covers(entry, name, call, part) for entry in listed):
                    with self.subTest(name=name, call=call, part=part):
                        self.fail(f'real {real!r}, emulated {emulated!r}')
        for entry in listed:
            for pattern in entry['of']:
                with self.subTest(listed=entry['what'], of=pattern):
                    self.assertTrue(any(covers({**entry, 'of': [pattern]}, name, call, part)
                                        for name, differing in found.items() for call, part, _, _ in differing),
                                    'it does not differ any more')


def main():
    listed = json.load(open(LISTED, encoding='utf-8')) if os.path.exists(LISTED) else []
    for name in sys.argv[1:] or names():
        for call, part, real, emulated in differences(name):
            if not any(covers(entry, name, call, part) for entry in listed):
                print(f'{name}: {call}: {part}: real {real!r}, emulated {emulated!r}')


if __name__ == '__main__':
    if len(sys.argv) > 1 and not sys.argv[1].startswith('-'):
        main()
    else:
        unittest.main()
