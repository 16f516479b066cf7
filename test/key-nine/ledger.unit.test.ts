import assert from 'node:assert/strict';
import { callsAfter } from './ledger.ts';

describe('What is held against the answer to key 9', () => {
  const CONFIRMATION = 'You are opted out. Goodbye.';
  const noon = Date.parse('2026-11-27T12:00:00Z');
  const at = (ms: number): string => new Date(noon + ms).toISOString();
  const call = (askedMs: number, saidMs: number | null = null) => ({
    at: at(askedMs),
    heard: [
      {
        kind: 'say' as const,
        text: 'This is the clinic.',
        language: null,
        voice: null,
        fromMs: 0,
        at: at(askedMs + 5),
        toMs: 1,
        keysCount: true,
      },
      ...(saidMs === null
        ? []
        : [
            {
              kind: 'say' as const,
              text: CONFIRMATION,
              language: null,
              voice: null,
              fromMs: 0,
              at: at(saidMs),
              toMs: 1,
              keysCount: false,
            },
          ]),
    ],
  });

  it('is every call that was asked for after its webhook had answered, though whoever follows had not heard it yet', () => {
    const heardAt = noon + 900;
    const between = call(500);
    assert.deepEqual(callsAfter([call(0, 400), call(399), between], CONFIRMATION, heardAt), [between]);
  });

  it('and none that was asked for before; without a confirmation what was heard counts', () => {
    assert.deepEqual(callsAfter([call(0, 400), call(400)], CONFIRMATION, noon + 900), []);
    assert.deepEqual(callsAfter([call(0), call(901)], CONFIRMATION, noon + 900), [call(901)]);
  });
});
