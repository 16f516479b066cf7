import assert from 'node:assert/strict';
import type { CallView } from '#shared/simulator/call-view.ts';
import { callCommandOf, createCallTeller } from './call-lines.ts';

const view = (change: Partial<CallView>): CallView => ({
  id: 'CA1',
  direction: 'to_phone',
  from: '+14155550100',
  to: '+14155550101',
  status: 'ringing',
  answeredBy: null,
  at: '2026-03-02T15:00:00.000Z',
  initiatedAt: null,
  answeredAt: null,
  endedAt: null,
  lengthMs: null,
  beepMs: null,
  heard: [],
  pressed: [],
  ...change,
});
const sound = (kind: 'say' | 'play' | 'pause', text: string): CallView['heard'][number] => ({
  kind,
  text,
  language: null,
  voice: null,
  fromMs: 0,
  at: null,
  toMs: 0,
  keysCount: true,
});

describe('a call in a terminal', () => {
  it('is told as it goes on, each thing once', () => {
    const teller = createCallTeller();
    const heard = [
      sound('say', 'This is the clinic.'),
      sound('pause', ''),
      sound('play', 'https://a.example/a.mp3'),
    ];
    const lines = [
      view({ status: 'queued' }),
      view({ status: 'ringing' }),
      view({ status: 'ringing' }),
      view({ status: 'in-progress' }),
      view({ status: 'in-progress', heard: heard.slice(0, 1) }),
      view({ status: 'in-progress', heard }),
      view({ status: 'completed', heard, lengthMs: 12_400 }),
      view({ status: 'completed', heard, lengthMs: 12_400 }),
      view({ id: 'CA2', status: 'no-answer' }),
    ].map((call) => teller.take(call));
    assert.deepEqual(lines, [
      [],
      ['  (call)  +14155550100 rings: /answer takes it'],
      [],
      ['  (call)  taken: /press 9 presses a key, /hangup ends it'],
      ['  (call)  "This is the clinic."'],
      ['  (call)  [plays https://a.example/a.mp3]'],
      ['  (call)  over after 12 s'],
      [],
      ['  (call)  no-answer'],
    ]);
  });

  for (const [line, command] of [
    ['/answer', { act: 'answer' }],
    ['/hangup', { act: 'hang-up' }],
    ['/call', { act: 'calls' }],
    ['/press 9', { act: 'keys', key: '9' }],
    ['/press #', { act: 'keys', key: '#' }],
    ['/press 12', { act: null }],
    ['/press', { act: null }],
    ['press 9', undefined],
    ['/skip 10m', undefined],
  ] as const) {
    it(`reads "${line}"`, () => {
      assert.deepEqual(callCommandOf(line), command);
    });
  }
});
