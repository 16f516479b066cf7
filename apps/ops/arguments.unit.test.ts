import assert from 'node:assert/strict';
import { streamConsumers } from '#shared/topology.ts';
import { parseCommand, USAGE, UsageError } from './arguments.ts';

const parse = (line: string) => parseCommand(line === '' ? [] : line.split(' '), 'ana');
const all = { ids: [], consumer: null, reason: null };

describe("the operator's command line", () => {
  const understood: Record<string, object> = {
    '': { kind: 'help' },
    'quarantine --help': { kind: 'help' },
    'quarantine list': { kind: 'list', selection: all, states: ['quarantined', 'parked'] },
    'quarantine list --consumer log --state discarded': {
      kind: 'list',
      selection: { ...all, consumer: 'log' },
      states: ['discarded'],
    },
    'quarantine show 7': { kind: 'show', id: 7 },
    'quarantine redrive 7 8': {
      kind: 'redrive',
      selection: { ...all, ids: [7, 8] },
      yes: false,
      by: 'ana',
      why: null,
    },
    'quarantine redrive --all --yes --by bo': {
      kind: 'redrive',
      selection: all,
      yes: true,
      by: 'bo',
      why: null,
    },
    'quarantine discard --consumer dialog --reason type': {
      kind: 'discard',
      selection: { ids: [], consumer: 'dialog', reason: 'type' },
      yes: false,
      by: 'ana',
      why: null,
    },
    'quarantine discard 7 --why stale --by bo': {
      kind: 'discard',
      selection: { ids: [7], consumer: null, reason: null },
      yes: false,
      by: 'bo',
      why: 'stale',
    },
    'restore settle --since 2026-11-26T10:00:00Z --until 2026-11-26T12:30:00+01:00 --yes': {
      kind: 'settle',
      window: { since: new Date('2026-11-26T10:00:00Z'), until: new Date('2026-11-26T11:30:00Z') },
      yes: true,
    },
  };
  for (const [line, command] of Object.entries(understood)) {
    it(`understands "${line}"`, () => assert.deepEqual(parse(line), command));
  }

  const refused: Record<string, RegExp> = {
    'restore settle --since 2026-11-26T10:00:00Z': /takes --since and --until/,
    'restore settle --since 10:00 --until 11:00': /takes --since and --until/,
    'quarantine redrive': /say what to redrive/,
    'quarantine redrive --yes': /say what to redrive/,
    'quarantine discard 7 --all': /either IDs/,
    'quarantine discard 7 --consumer log': /either IDs/,
    'quarantine redrive 7x': /not the ID/,
    'quarantine redrive 0': /not the ID/,
    'quarantine show': /one ID/,
    'quarantine show 1 2': /one ID/,
    'quarantine list 1': /use show/,
    'quarantine list --state lost': /no state lost/,
    'quarantine list --colour': /colour/,
    'quarantine burn': /npm run ops/,
    'records list': /npm run ops/,
  };
  for (const [line, reason] of Object.entries(refused)) {
    it(`refuses "${line}"`, () =>
      assert.throws(
        () => parse(line),
        (error) => error instanceof UsageError && reason.test(error.message),
      ));
  }

  it('names in its help everybody who sets records aside', () => {
    for (const { consumer } of streamConsumers) assert.match(USAGE, new RegExp(`\\b${consumer}\\b[,\n]`));
    assert.match(USAGE, /\bgateway\b/);
  });
});
