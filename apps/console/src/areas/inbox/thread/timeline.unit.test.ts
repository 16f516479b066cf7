import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {
  ConsentChange,
  ConversationDecision,
  ConversationNote,
  SaidInConversation,
} from '#shared/api-client/api-types.ts';
import { type Parts, timelineOf } from './timeline.ts';

const dayOf = (at: string): string => at.slice(0, 10);

const said = (id: string, at: string, session: number | null): SaidInConversation => ({
  id,
  direction: session === null ? 'outbound' : 'inbound',
  at,
  channel: 'sms',
  ourNumber: '+14155550100',
  body: id,
  mediaUrls: [],
  inbound:
    session === null
      ? null
      : { session, campaignId: null, takenAs: 'people', needsReply: true, readAt: null, answeredAt: null },
  outbound: null,
});
const consent = (id: string, requestedAt: string) => ({ id, requestedAt }) as ConsentChange;
const note = (id: string, writtenAt: string): ConversationNote => ({
  id,
  writtenAt,
  phoneNumber: '+12125550101',
  body: id,
  writtenBy: 'Ana',
});
const decision = (id: string, at: string): ConversationDecision => ({
  id,
  at,
  by: 'Ana',
  assignee: null,
  state: null,
  agentMode: null,
});

const nothing: Parts = {
  said: [],
  hasEarlier: false,
  consent: [],
  notes: [],
  decisions: [],
  session: { number: 1, startedAt: '2026-11-26T09:00:00.000Z' },
};
const shown = (parts: Partial<Parts>): string[] =>
  timelineOf({ ...nothing, ...parts }, dayOf).map(({ id }) => id);

describe('A conversation on the screen', () => {
  it('has what happened between what was said, under the days', () => {
    assert.deepEqual(
      shown({
        said: [
          said('c', '2026-11-27T08:00:00.000Z', 1),
          said('b', '2026-11-26T09:05:00.000Z', null),
          said('a', '2026-11-26T09:00:00.000Z', 1),
        ],
        consent: [consent('stop', '2026-11-27T08:00:00.000Z')],
        notes: [note('1', '2026-11-26T09:10:00.000Z')],
        decisions: [decision('7', '2026-11-26T09:04:00.000Z')],
      }),
      ['day 2026-11-26', 'a', 'decision 7', 'b', 'note 1', 'day 2026-11-27', 'c', 'consent stop'],
    );
  });

  it('says where a session began, also one that an answer began', () => {
    const a = said('a', '2026-11-24T09:00:00.000Z', 1);
    const b = said('b', '2026-11-26T09:00:00.000Z', 2);
    const session = { number: 2, startedAt: '2026-11-26T09:00:00.000Z' };
    assert.deepEqual(shown({ said: [b, a], session }), [
      'day 2026-11-24',
      'a',
      'day 2026-11-26',
      'session 2',
      'b',
    ]);
    const answer = said('answer', '2026-11-26T08:00:00.000Z', null);
    assert.deepEqual(shown({ said: [answer, a], session: { number: 2, startedAt: answer.at } }), [
      'day 2026-11-24',
      'a',
      'day 2026-11-26',
      'session 2',
      'answer',
    ]);
  });

  it('leaves out what happened before what is read, and reads it with what was said then', () => {
    const parts = { consent: [consent('old', '2026-11-01T09:00:00.000Z')] };
    const newest = [said('b', '2026-11-26T09:00:00.000Z', 1)];
    assert.deepEqual(shown({ ...parts, said: newest, hasEarlier: true }), ['day 2026-11-26', 'b']);
    assert.deepEqual(shown({ ...parts, said: newest }), [
      'day 2026-11-01',
      'consent old',
      'day 2026-11-26',
      'b',
    ]);
  });

  it('tells a text from the change of consent that it brought about, though they have one id', () => {
    const at = '2026-11-26T09:00:00.000Z';
    assert.deepEqual(shown({ said: [said('stop', at, 1)], consent: [consent('stop', at)] }), [
      'day 2026-11-26',
      'stop',
      'consent stop',
    ]);
  });

  it('has everything once, and never goes back in time', () => {
    const instant = fc.integer({ min: 0, max: 5_000 }).map((n) => new Date(n * 3_600_000).toISOString());
    const some = (name: string) =>
      fc.array(instant, { maxLength: 8 }).map((all) =>
        all
          .sort()
          .reverse()
          .map((at, n) => ({ id: `${name}${n}`, at })),
      );
    fc.assert(
      fc.property(some('s'), some('c'), some('n'), (texts, changes, notes) => {
        const lines = timelineOf(
          {
            ...nothing,
            said: texts.map(({ at, id }) => said(id, at, 1)),
            consent: changes.map(({ at, id }) => consent(id, at)),
            notes: notes.map(({ at, id }) => note(id, at)),
          },
          dayOf,
        );
        assert.deepEqual(
          lines.map(({ at }) => at),
          lines.map(({ at }) => at).sort(),
        );
        assert.equal(new Set(lines.map(({ id }) => id)).size, lines.length);
        const own = lines.filter(({ kind }) => kind !== 'day' && kind !== 'session');
        assert.equal(own.length, texts.length + changes.length + notes.length);
      }),
    );
  });
});
