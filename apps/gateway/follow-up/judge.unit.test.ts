import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FoundStatus } from '#shared/carriers/carrier.ts';
import {
  isMessageStatus,
  isTerminal,
  mergeStatus,
  messageStatuses,
  statusRank,
} from '#shared/carriers/status.ts';
import { judge, type KnownStatus } from './judge.ts';

const at = new Date('2026-11-26T12:00:00Z');
const known = (status: KnownStatus['status'], more: Partial<KnownStatus> = {}): KnownStatus => ({
  status,
  at: new Date(0),
  errorCode: null,
  unknownStatuses: [],
  ...more,
});
const found = (status: string, errorCode: string | null = null): FoundStatus => ({
  carrierMessageId: 'SM1',
  status,
  errorCode,
  phoneNumber: null,
});

describe('a look at the carrier', () => {
  it('tells the log what it does not know, and comes again until the log knows the end', () => {
    assert.deepEqual(judge(known('queued'), found('delivered'), at, false), {
      tell: [{ status: 'delivered', errorCode: null }],
      next: 'look_again',
    });
    assert.deepEqual(judge(known('sent'), found('undelivered', '30005'), at, false), {
      tell: [{ status: 'undelivered', errorCode: '30005' }],
      next: 'look_again',
    });
  });

  it('tells nothing that the log knows or has overtaken', () => {
    for (const word of ['sent', 'queued', 'accepted']) {
      assert.deepEqual(judge(known('sent'), found(word), at, false), { tell: [], next: 'look_again' });
    }
    assert.deepEqual(judge(known('sent'), null, at, false), { tell: [], next: 'look_again' });
  });

  it('tells the code of a status that the log has without one', () => {
    assert.deepEqual(judge(known('sent'), found('sent', '30008'), at, false).tell, [
      { status: 'sent', errorCode: '30008' },
    ]);
  });

  it('tells a word that nobody knows once', () => {
    assert.deepEqual(judge(known('sent'), found('teleported'), at, false).tell, [
      { status: 'teleported', errorCode: null },
    ]);
    const told = known('sent', { unknownStatuses: ['teleported'] });
    assert.deepEqual(judge(told, found('teleported'), at, false).tell, []);
  });

  describe('for the last time', () => {
    it('ends what was sent as unconfirmed, never as failed', () => {
      for (const says of [found('sent'), found('teleported'), null]) {
        const { tell, next } = judge(known('sent'), says, at, true);
        assert.deepEqual([tell.at(-1)?.status, next], ['sent_unconfirmed', 'ended']);
      }
      const { tell } = judge(known('queued'), found('sent', '30008'), at, true);
      assert.deepEqual(
        tell.map(({ status }) => status),
        ['sent', 'sent_unconfirmed'],
      );
    });

    it('tells the end that the carrier knows', () => {
      assert.deepEqual(judge(known('sent'), found('delivered'), at, true), {
        tell: [{ status: 'delivered', errorCode: null }],
        next: 'ended',
      });
    });

    it('gives up what never was sent as far as anybody knows', () => {
      for (const says of [found('queued'), found('teleported'), null]) {
        assert.equal(judge(known('queued'), says, at, true).next, 'given_up');
      }
    });
  });

  it('never tells what would make the log fall, and an end that it tells is an end in the log', () => {
    const words = messageStatuses.filter((word) => statusRank(word) < statusRank('receiving'));
    const code = fc.constantFrom(null, '30003', '30005');
    fc.assert(
      fc.property(
        fc.constantFrom(...words.filter((word) => !isTerminal(word))),
        code,
        fc.option(fc.tuple(fc.constantFrom<string>(...words, 'teleported'), code)),
        fc.boolean(),
        (word, knownCode, says, last) => {
          const before = known(word, { errorCode: knownCode });
          const { tell, next } = judge(before, says && found(...says), at, last);
          const reports = tell.flatMap(({ status, errorCode }) =>
            isMessageStatus(status) ? [{ status, errorCode, at }] : [],
          );
          const after = reports.reduce(mergeStatus, { status: word, at, errorCode: knownCode });
          assert.ok(statusRank(after.status) >= statusRank(word));
          assert.equal(next === 'ended', last && isTerminal(after.status));
          assert.equal(next === 'look_again', !last);
        },
      ),
    );
  });
});
