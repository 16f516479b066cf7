import assert from 'node:assert/strict';
import { type Head, nextOf, type PhoneWork } from './claim-rules.ts';
import type { Message } from './message-state.ts';
import { sampleMessage } from './sample-message.ts';

const message = (ordinal: number, overrides: Partial<Message> = {}): Message =>
  sampleMessage({ messageId: `m${ordinal}`, ordinal, ...overrides });
const ready = (ordinal: number, overrides: Partial<Message> = {}): Head => ({
  message: message(ordinal, overrides),
  ready: true,
  superseded: false,
});
const held = (ordinal: number, overrides: Partial<Message> = {}): Head => ({
  ...ready(ordinal, overrides),
  ready: false,
});
const work = (overrides: Partial<PhoneWork>): PhoneWork => ({
  posting: false,
  ambiguous: [],
  suppressed: false,
  pause: null,
  heads: [],
  exempt: null,
  ...overrides,
});
const bulk = { lane: 'bulk', intent: 'transactional' } as const;
const help = message(9, { intent: 'help', body: 'Help: help@example.org' });
const asked = { senderNumber: help.senderNumber, body: 'something else', isTemplate: false };

const rows: { name: string; work: PhoneWork; next: string | number }[] = [
  { name: 'nothing unsent', work: work({}), next: 'nothing' },
  {
    name: 'the first by ordinal, whatever its lane',
    work: work({ heads: [ready(5), ready(3, bulk)] }),
    next: 'm3',
  },
  {
    name: 'a request on its way',
    work: work({ posting: true, heads: [ready(1)], exempt: help }),
    next: 'busy',
  },
  { name: 'an ambiguous message', work: work({ ambiguous: [asked], heads: [ready(2)] }), next: 'nothing' },
  {
    name: 'help behind an ambiguous message',
    work: work({ ambiguous: [asked], heads: [ready(2)], exempt: help }),
    next: 'm9',
  },
  {
    name: 'help behind an ambiguous message that the carrier’s list could not tell from it',
    work: work({ ambiguous: [asked, { ...asked, body: ' Help:  help@example.org' }], exempt: help }),
    next: 'nothing',
  },
  {
    name: 'help behind an ambiguous message of the same words from another number',
    work: work({
      ambiguous: [{ senderNumber: '+14155550199', body: help.body, isTemplate: false }],
      exempt: help,
    }),
    next: 'm9',
  },
  { name: 'a held message: its own intent', work: work({ heads: [held(1, bulk)] }), next: 'nothing' },
  {
    name: 'a held message: another intent',
    work: work({ heads: [held(1, bulk), ready(2)] }),
    next: 'm2',
  },
  {
    name: 'help behind a held message',
    work: work({ heads: [held(1)], exempt: help }),
    next: 'm9',
  },
  {
    name: 'a held answer that makes way for the answer to a newer text, whatever else may go',
    work: work({ heads: [{ ...held(1), superseded: true }, ready(2, bulk)] }),
    next: 'supersede m1',
  },
  {
    name: 'a held answer that makes way, of a suppressed phone',
    work: work({ suppressed: true, heads: [{ ...held(1), superseded: true }] }),
    next: 'nothing',
  },
  { name: 'a suppressed phone', work: work({ suppressed: true, heads: [ready(1)] }), next: 'nothing' },
  {
    name: 'help for a suppressed phone',
    work: work({ suppressed: true, heads: [ready(1)], exempt: help }),
    next: 'm9',
  },
  {
    name: 'a pause of its batch',
    work: work({ pause: { batchId: 'batch', ms: 70 }, heads: [ready(1)] }),
    next: 70,
  },
  {
    name: 'a pause of another batch',
    work: work({ pause: { batchId: 'other', ms: 70 }, heads: [ready(1)] }),
    next: 'm1',
  },
  {
    name: 'a pause that is over',
    work: work({ pause: { batchId: 'batch', ms: 0 }, heads: [ready(1)] }),
    next: 'm1',
  },
  {
    name: 'the next by ordinal pauses: nothing overtakes it',
    work: work({
      pause: { batchId: 'batch', ms: 70 },
      heads: [ready(1), ready(2, { ...bulk, batchId: 'b2' })],
    }),
    next: 70,
  },
  {
    name: 'help queued behind an answer: in its order',
    work: work({ heads: [ready(1)], exempt: help }),
    next: 'm1',
  },
];

describe('What a phone may send next', () => {
  for (const row of rows) {
    it(row.name, () => {
      const next = nextOf(row.work);
      if (next.kind === 'send') assert.equal(next.message.messageId, row.next);
      else if (next.kind === 'wait') assert.equal(next.ms, row.next);
      else if (next.kind === 'supersede') assert.equal(`supersede ${next.message.messageId}`, row.next);
      else assert.equal(next.kind, row.next);
    });
  }

  it('names the answer behind a planned message, which need not wait for the pace of that one', () => {
    const answerOf = (of: Partial<PhoneWork>): string | undefined => {
      const next = nextOf(work(of));
      return next.kind === 'send' ? next.answer?.messageId : undefined;
    };
    assert.equal(answerOf({ heads: [ready(3, bulk), ready(5)] }), 'm5');
    assert.equal(answerOf({ heads: [ready(3, bulk)], exempt: help }), 'm9');
    assert.equal(answerOf({ heads: [ready(3), ready(5, bulk)] }), undefined);
    assert.equal(answerOf({ heads: [ready(3, bulk), held(5)] }), undefined);
    const pause = { batchId: 'other', ms: 100 };
    assert.equal(answerOf({ pause, heads: [ready(3, bulk), ready(5, { batchId: 'other' })] }), undefined);
  });
});
