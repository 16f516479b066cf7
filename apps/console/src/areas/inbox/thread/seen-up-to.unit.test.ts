import assert from 'node:assert/strict';
import type { SaidInConversation } from '#shared/api-client/api-types.ts';
import { seenUpTo } from './seen-up-to.ts';

const theirs = (id: string) => ({ id, inbound: {}, outbound: null }) as SaidInConversation;
const ours = (id: string) => ({ id, inbound: null, outbound: {} }) as SaidInConversation;

describe('Up to which text somebody has seen a conversation', () => {
  for (const [says, upTo, said, expected] of [
    ['what the conversation says, when it is drawn', 'b', [theirs('b'), theirs('a')], { upTo: 'b' }],
    ['the last that is drawn, when the newest is not yet', 'b', [ours('x'), theirs('a')], { upTo: 'a' }],
    [
      'no further than the conversation, when lines are newer',
      'a',
      [theirs('b'), theirs('a')],
      { upTo: 'a' },
    ],
    ['none, when none of theirs is drawn', 'a', [ours('x')], null],
    ['none, when nothing was read yet', 'a', undefined, null],
    ['all, when nothing ever came from them', null, [ours('x')], {}],
    ['what is drawn, when the conversation does not know it yet', null, [theirs('a')], { upTo: 'a' }],
  ] as const) {
    it(says, () => assert.deepEqual(seenUpTo(upTo, said), expected));
  }
});
