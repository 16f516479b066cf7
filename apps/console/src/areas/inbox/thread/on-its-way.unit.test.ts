import assert from 'node:assert/strict';
import type { SaidInConversation } from '#shared/api-client/api-types.ts';
import { isOnItsWay } from './on-its-way.ts';

const now = Date.parse('2026-11-27T12:00:00Z');
const ours = (minutesAgo: number, state: string, status: string | null = null) =>
  ({
    at: new Date(now - minutesAgo * 60_000).toISOString(),
    outbound: { state, status },
  }) as SaidInConversation;
const theirs = (minutesAgo: number) =>
  ({ at: new Date(now - minutesAgo * 60_000).toISOString(), outbound: null }) as SaidInConversation;

describe('What is on its way', () => {
  for (const [says, said, expected] of [
    ['an answer of just now is asked for soon', [ours(0.1, 'queued')], 2_000],
    ['one that the carrier has and tells nothing of', [ours(5, 'sent', 'sent')], 10_000],
    ['one that arrived is not', [ours(5, 'sent', 'delivered')], false],
    ['nor one that waits for the morning', [ours(5, 'held')], false],
    ['nor what nobody has told for long', [ours(20, 'sent', 'sent')], false],
    ['after a text of theirs the programme may answer', [theirs(0.5)], 2_000],
    ['not for long', [theirs(2)], false],
    ['nothing was said', [], false],
  ] as const) {
    it(says, () => assert.equal(isOnItsWay(said, now), expected));
  }
});
