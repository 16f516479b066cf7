import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  active,
  type Conversation,
  conversationStates,
  heard,
  SESSION_MS,
  taken,
  wantsAgain,
} from './conversation.ts';
import { isForPeople, takenAs, wantsAnswer } from './taken-as.ts';

const START = Date.parse('2026-11-26T12:00:00Z');
const at = (ms: number): Date => new Date(START + ms);
const none: Conversation = {
  conversationId: '00000000-0000-4000-8000-000000000001',
  phoneNumber: '+14155550101',
  state: 'closed',
  snoozedUntil: null,
  openedFrom: null,
  unread: 0,
  waiting: 0,
  lastReplyId: null,
  lastTextAt: null,
  ourNumber: null,
  campaignId: null,
  session: 0,
  sessionAt: null,
  activityAt: null,
};
const text = (n: number, ms: number) => ({
  replyId: `reply ${n}`,
  ourNumber: `+1415555019${n % 10}`,
  campaignId: n % 2 === 0 ? null : `campaign ${n}`,
  receivedAt: at(ms),
});
const unseen = { read: false, answered: false };

describe('A conversation', () => {
  it('begins a session with its first text, and another when nothing was said for a day', () => {
    const first = heard(none, text(1, 0));
    assert.deepEqual([first.session, first.sessionAt], [1, at(0)]);
    const same = heard(first, text(2, SESSION_MS));
    assert.deepEqual([same.session, same.sessionAt, same.activityAt], [1, at(0), at(SESSION_MS)]);
    const next = active(same, at(2 * SESSION_MS + 1));
    assert.deepEqual([next.session, next.sessionAt], [2, at(2 * SESSION_MS + 1)]);
  });

  it('goes by its newest text, in whatever order texts come', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 8 }),
        (times) => {
          const all = times.reduce((now, ms, n) => heard(now, text(n, ms)), none);
          const newest = Math.max(...times);
          assert.equal(all.lastReplyId, `reply ${times.indexOf(newest)}`);
          assert.deepEqual([all.lastTextAt, all.activityAt], [at(newest), at(newest)]);
          assert.ok(all.session >= 1 && all.session <= times.length);
        },
      ),
    );
  });

  it('is opened by a text for people, and by no other', () => {
    for (const now of [...takenAs, null]) {
      for (const state of conversationStates) {
        const before = { ...none, state, snoozedUntil: state === 'snoozed' ? at(1) : null };
        const after = taken(before, { before: null, now }, unseen);
        const wakes = isForPeople(now) && (state === 'closed' || state === 'snoozed');
        assert.deepEqual(
          [after.state, after.snoozedUntil],
          wakes ? ['open', null] : [state, before.snoozedUntil],
          `${now} ${state}`,
        );
      }
    }
  });

  it('is what it was when a text that opened it turns out to be for nobody, unless something is to be done', () => {
    const untold = { before: null, now: 'untold' } as const;
    const lesson = { before: 'untold', now: 'lesson' } as const;
    const closed = { ...none, state: 'closed' } as const;
    const snoozed = { ...none, state: 'snoozed', snoozedUntil: at(1) } as const;
    for (const before of [closed, snoozed]) {
      const opened = taken(before, untold, unseen);
      assert.deepEqual([opened.state, opened.snoozedUntil, opened.waiting], ['open', null, 1]);
      assert.deepEqual(taken(opened, lesson, unseen), before);
      const both = taken(opened, untold, unseen);
      const one = taken(both, lesson, unseen);
      assert.deepEqual([one.state, one.waiting], ['open', 1], 'the other is not known yet');
      assert.deepEqual(taken(one, lesson, unseen), before);
      const people = taken(both, { before: 'untold', now: 'people' }, unseen);
      const left = taken(people, lesson, unseen);
      assert.deepEqual([left.state, left.waiting, left.openedFrom], ['open', 1, null]);
      assert.equal(wantsAgain(opened, 0).openedFrom, null);
    }
  });

  it('stays open that was open before a text came of which nothing was known', () => {
    const open = { ...none, state: 'open' } as const;
    const after = taken(
      taken(open, { before: null, now: 'untold' }, unseen),
      { before: 'untold', now: 'dialog' },
      unseen,
    );
    assert.deepEqual(after, open);
  });

  it('stays as it is when what is for people was answered before anybody knew that it is', () => {
    const after = taken(none, { before: null, now: 'people' }, { read: true, answered: true });
    assert.deepEqual(after, none);
  });

  it('counts what its texts add up to, whatever is learnt of them, and when', () => {
    const any = fc.record({
      first: fc.constantFrom(...takenAs, null),
      later: fc.constantFrom(...takenAs, null),
      read: fc.boolean(),
      answered: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 10 }), (texts) => {
        let conversation = none;
        for (const { first } of texts)
          conversation = taken(conversation, { before: null, now: first }, unseen);
        // Somebody looks at some of them, and answers some.
        for (const { answered, first, read } of texts) {
          if (read && isForPeople(first)) conversation = { ...conversation, unread: conversation.unread - 1 };
          if (answered && wantsAnswer(first))
            conversation = { ...conversation, waiting: conversation.waiting - 1 };
        }
        for (const { answered, first, later, read } of texts)
          conversation = taken(conversation, { before: first, now: later }, { read, answered });
        assert.equal(
          conversation.unread,
          texts.filter(({ later, read }) => !read && isForPeople(later)).length,
        );
        assert.equal(
          conversation.waiting,
          texts.filter(({ answered, later }) => !answered && wantsAnswer(later)).length,
        );
      }),
    );
  });
});
