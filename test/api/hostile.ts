import fc, { type Arbitrary } from 'fast-check';
import { anyCodePoint } from '../code-points.ts';
import type { WireRequest } from './exchange.ts';
import { encode, type Parts, wireRequest } from './requests.ts';

/** Requests that nobody should send, made of valid ones: what an attacker, a broken program or a fuzzer would try. */

const deep = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Text that breaks something somewhere. */
export const hostileText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\0',
      'a\0b',
      '\ud800',
      'x\udfff',
      '\ufeff',
      '\u202e',
      '\u2028',
      'e\u0301'.repeat(300),
      '\u{1f469}\u200d\u{1f680}',
    ],
    ...[
      "' OR '1'='1",
      "'; DROP TABLE api_key; --",
      '$1',
      '%',
      '_',
      '\\',
      '*',
      '{{7*7}}',
      '#{7*7}',
      '<script>alert(1)</script>',
    ],
    ...[
      '../../etc/passwd',
      '..%2f..%2fetc',
      '.',
      '..',
      '/',
      '\\..\\',
      '%00',
      '%',
      'file:///etc/passwd',
      '//elsewhere.example/',
    ],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', 'true', '[]', '{}'],
    ...[
      'NaN',
      'Infinity',
      '-1',
      '0',
      '1e309',
      '1.5',
      '0x10',
      '9007199254740993',
      '9223372036854775808',
      '\u0663',
      '1_000',
      ' 1 ',
      '+1',
    ],
    ...[
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999Z',
      '2026-02-30T00:00:00Z',
      '2026-11-26T24:00:00Z',
      '2026-11-26',
    ],
    ...[
      '2026-11-26T12:00:00+14:00',
      '2026-11-26T12:00:00.000000001Z',
      '+275760-09-13T00:00:00Z',
      '2016-12-31T23:59:60Z',
    ],
    ...[
      '+1',
      '+14155550101'.repeat(9),
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ],
    'x'.repeat(501),
    'x'.repeat(5_000),
  ),
  fc.string({ unit: anyCodePoint, maxLength: 60 }),
);

export const hostileValue: Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, 0, -1, 1.5, -0, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e308, 5e-324],
      ...[[], {}, [null], [[]], deep(30), deep(900)],
      JSON.parse('{"__proto__":{"polluted":true}}'),
      JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
      Array.from({ length: 3_000 }, () => 'x'),
      'y'.repeat(60_000),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** Bodies that are no document, or a strange one. */
export const rawBodies: Arbitrary<Buffer> = fc.oneof(
  fc
    .constantFrom(
      ...[
        '',
        ' ',
        '{',
        '}',
        '[',
        'null',
        'true',
        '0',
        '"text"',
        '[]',
        '{}',
        '[{}]',
        'undefined',
        "{'a':1}",
        '{"a":1}{"b":2}',
      ],
      ...[
        '{"a":1,"a":2}',
        '{"a":1e400}',
        '{"a":-1e400}',
        '{"a":00}',
        '{"a":"\\ud800"}',
        '{"a":"\\u0000"}',
        '{"a":"\u0001"}',
      ],
      ...[
        '\ufeff{}',
        '{"__proto__":{"polluted":true}}',
        '{"":""}',
        `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
        '{"a":'.repeat(20_000),
      ],
      `{"a":"${'x'.repeat(300_000)}"}`,
    )
    .map((text) => Buffer.from(text)),
  fc.constantFrom(
    ...[
      [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00],
      [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x1f, 0x8b, 0x08],
    ].map((bytes) => Buffer.from(bytes)),
  ),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);

/** Headers that are read somewhere, with what they should not hold. Node sends nothing that HTTP itself forbids. */
const headerText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      '*',
      '""',
      '"',
      'W/"1"',
      '"1", "2"',
      '"a"b"',
      '"\u00ff"',
      '"\' OR 1=1"',
      '"9223372036854775808"',
      '"-1"',
      '"1.5"',
      '"NaN"',
    ],
    ...[
      'x',
      'exactly8',
      'a b c d e f g',
      'z'.repeat(129),
      'z'.repeat(4_000),
      '__proto__',
      '\t',
      '\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9',
    ],
  ),
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 140,
  }),
);
const hostileHeader: Arbitrary<readonly [string, string | string[]]> = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'if-match',
      'if-none-match',
      'idempotency-key',
      'x-request-id',
      'x-forwarded-for',
      'user-agent',
      'accept',
      'range',
    ),
    headerText,
  ),
  fc.tuple(
    fc.constantFrom('idempotency-key', 'if-match', 'x-request-id'),
    fc.tuple(headerText, headerText).map((pair) => [...pair]),
  ),
  fc.tuple(
    fc.constant('content-type'),
    fc.constantFrom(
      ...[
        '',
        'text/plain',
        'application/xml',
        'application/json; charset=utf-16',
        'application/json; charset=latin1',
        'APPLICATION/JSON',
      ],
      ...[
        'application/json;',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/json, text/plain',
        'json',
      ],
    ),
  ),
  fc.tuple(
    fc.constant('content-encoding'),
    fc.constantFrom('gzip', 'br', 'deflate', 'identity', 'gzip, gzip', 'zstd', 'nonsense', ''),
  ),
  fc.tuple(
    fc.constant('authorization'),
    fc.constantFrom(
      ...[
        '',
        'Bearer',
        'Bearer ',
        'bearer x',
        'Basic YTpi',
        'Bearer crl_',
        'Bearer crl_aaaaaaaaaaaa_',
        `Bearer ${'x'.repeat(4_000)}`,
      ],
      ...[
        'Bearer crl___proto___x',
        "Bearer crl_' OR '1'='_x",
        'Bearer crl_aaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      ],
    ),
  ),
  fc.tuple(
    fc.constantFrom('origin', 'sec-fetch-site', 'host', 'accept-encoding'),
    fc.constantFrom('cross-site', 'null', 'x', '127.0.0.1'),
  ),
);

/** Cursors that nobody was given: right in form, wrong in content. */
const madeUpCursor: Arbitrary<string> = fc
  .oneof(
    hostileValue,
    fc.dictionary(fc.constantFrom('id', 'position', 'createdAt', 'at', 'phone', 'name'), hostileValue, {
      noNullPrototype: true,
    }),
  )
  .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url').slice(0, 500));

/** One thing that is spoilt in a request. */
type Spoilt =
  | { kind: 'replace'; at: number; value: unknown }
  | { kind: 'leave out'; at: number }
  | { kind: 'add'; at: number; name: string; value: unknown }
  | { kind: 'body'; bytes: Buffer }
  | { kind: 'no body' }
  | { kind: 'parameter'; at: number; value: string }
  | { kind: 'query'; name: string; value: string; times: number }
  | { kind: 'raw query'; text: string }
  | { kind: 'header'; name: string; value: string | string[] };

const queryNames = fc.oneof(
  fc.constantFrom(
    'limit',
    'cursor',
    'since',
    'until',
    'q',
    '__proto__',
    'constructor',
    'limit[]',
    'a[b]',
    '',
    'hasOwnProperty',
  ),
  hostileText,
);

function spoilt(names: readonly string[]): Arbitrary<Spoilt> {
  const own =
    names.length === 0
      ? queryNames
      : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, queryNames);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), value: hostileValue }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave out' as const), at: fc.nat() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        at: fc.nat(),
        name: hostileText,
        value: hostileValue,
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('body' as const), bytes: rawBodies }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'no body' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('parameter' as const), at: fc.nat(), value: hostileText }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('query' as const),
        name: own,
        value: fc.oneof(hostileText, madeUpCursor),
        times: fc.constantFrom(1, 1, 1, 2, 50),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('query' as const),
        name: fc.constant('cursor'),
        value: madeUpCursor,
        times: fc.constant(1),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('raw query' as const),
        text: fc.constantFrom(
          '%',
          '%zz',
          '%E0%A4%A',
          'limit=%00',
          '&&&',
          '=',
          'limit',
          'limit=1&limit=2',
          '?',
          'cursor=%ED%A0%80',
          'a'.repeat(6_000),
        ),
      }),
    },
    {
      weight: 4,
      arbitrary: hostileHeader.map(([name, value]) => ({ kind: 'header' as const, name, value })),
    },
  );
}

/** Below what Node itself refuses (431) before anything of ours has seen it: 16 KiB. */
const MAX_HEAD_BYTES = 15_000;

/** Valid requests with one to three things spoilt. They still go to their operation. */
export const hostileRequests = (
  valid: Arbitrary<Parts>,
  queryNamesOfIt: readonly string[],
): Arbitrary<WireRequest> =>
  fc
    .tuple(valid, fc.array(spoilt(queryNamesOfIt), { minLength: 1, maxLength: 3 }))
    .map(([parts, faults]) => faults.reduce(spoil, { parts, raw: null, more: '' }))
    .map(({ parts, raw, more }) => {
      const wire = wireRequest(parts);
      const path = more === '' ? wire.path : `${wire.path}${wire.path.includes('?') ? '&' : '?'}${more}`;
      return { ...wire, path, body: raw ?? wire.body };
    })
    .filter(({ headers, path }) => path.length + JSON.stringify(headers).length < MAX_HEAD_BYTES);

interface Spoiling {
  parts: Parts;
  /** Instead of the body. */
  raw: Buffer | null;
  /** Added to the query as it stands. */
  more: string;
}

function spoil(made: Spoiling, fault: Spoilt): Spoiling {
  const { parts } = made;
  switch (fault.kind) {
    case 'replace':
    case 'leave out':
    case 'add':
      return parts.body === undefined
        ? made
        : { ...made, parts: { ...parts, body: spoilValue(parts.body, fault) } };
    case 'body':
      return { ...made, raw: fault.bytes };
    case 'no body':
      return { ...made, raw: null, parts: { ...parts, body: undefined } };
    case 'parameter': {
      const names = Object.keys(parts.params);
      const name = names[fault.at % Math.max(names.length, 1)];
      // An empty one, or one that is a step of the path, is another path.
      if (name === undefined || ['', '.', '..'].includes(fault.value)) return made;
      return { ...made, parts: { ...parts, params: { ...parts.params, [name]: fault.value } } };
    }
    case 'query': {
      const most = 600 / fault.times;
      const pair = `${encode(fault.name.slice(0, most))}=${encode(fault.value.slice(0, most))}`;
      const pairs = Array.from({ length: fault.times }, () => pair);
      return { ...made, more: [made.more, ...pairs].filter(Boolean).join('&') };
    }
    case 'raw query':
      return { ...made, more: [made.more, fault.text].filter(Boolean).join('&') };
    case 'header':
      return { ...made, parts: { ...parts, headers: { ...parts.headers, [fault.name]: fault.value } } };
  }
}

type ValueFault = Extract<Spoilt, { kind: 'replace' | 'leave out' | 'add' }>;

/** Spoils one of the places of a JSON value; which, `at` says. */
function spoilValue(value: unknown, fault: ValueFault): unknown {
  const places = placesOf(value);
  const place = places[fault.at % places.length] ?? [];
  return changedAt(value, place, (old) => {
    if (fault.kind === 'replace') return { keep: true, value: fault.value };
    if (fault.kind === 'leave out') return { keep: false };
    if (Array.isArray(old)) return { keep: true, value: [...old, fault.value] };
    // Through entries, so that `__proto__` becomes a key like any other.
    if (isRecord(old))
      return { keep: true, value: Object.fromEntries([...Object.entries(old), [fault.name, fault.value]]) };
    return { keep: true, value: { [fault.name]: old } };
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => placesOf(each, [...path, key]))];
}

type Changed = { keep: true; value: unknown } | { keep: false };

function changedAt(
  value: unknown,
  [first, ...rest]: readonly string[],
  change: (old: unknown) => Changed,
): unknown {
  if (first === undefined) {
    const changed = change(value);
    return changed.keep ? changed.value : undefined;
  }
  const entries = Object.entries(Object(value)).flatMap(([key, each]) => {
    if (key !== first) return [[key, each] as const];
    const changed = changedAt(each, rest, change);
    return changed === undefined ? [] : [[key, changed] as const];
  });
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
