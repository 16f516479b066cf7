import assert from 'node:assert/strict';
import fc from 'fast-check';
import { messageLogId, refusedAttemptLogId } from '#shared/identity.ts';
import { runs } from '#test/properties/runs.ts';
import { mergeBatch } from './merge.ts';
import { type LogRow, rowOfInbound, rowOfRecord } from './row.ts';
import {
  anyCallRecord,
  anyRecord,
  callKey,
  callStatus,
  inbound,
  outbound,
  outboundCall,
  status,
} from './sample-records.ts';

const only = (rows: readonly LogRow[]): LogRow => {
  const { rows: merged } = mergeBatch(rows);
  const [row] = merged;
  assert.ok(row && merged.length === 1);
  return row;
};

describe('the records of a message', () => {
  it('give the same row in any order, repeated, and gathered in any batches', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.oneof(anyRecord, anyCallRecord), { minLength: 1, maxLength: 12 })
          .chain((records) =>
            fc.tuple(
              fc.constant(records),
              fc.shuffledSubarray(records, { minLength: records.length }),
              fc.subarray(records),
              fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
            ),
          ),
        ([records, shuffled, repeated, cuts]) => {
          const expected = mergeBatch(records.map(rowOfRecord)).rows;
          let rows: LogRow[] = [];
          let batch: LogRow[] = [];
          for (const [index, record] of [...shuffled, ...repeated].entries()) {
            batch.push(rowOfRecord(record));
            if (!cuts[index]) continue;
            rows = mergeBatch([...rows, ...mergeBatch(batch).rows]).rows;
            batch = [];
          }
          assert.deepEqual(mergeBatch([...mergeBatch(batch).rows, ...rows]).rows, expected);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it('say of a call who took it, for how long, what it cost and which keys were pressed, whatever comes first', () => {
    const records = [
      outboundCall(1),
      callStatus(1, 'ringing'),
      callStatus(1, 'in-progress', { answeredBy: 'human' }),
      callKey(1, '2'),
      callKey(1, '0'),
      callKey(1, '2'),
      callStatus(1, 'completed', { seconds: 34 }),
      callStatus(1, 'completed', { seconds: 34, price: { amount: '0.014', currency: 'USD' } }),
    ];
    for (const order of [records, records.toReversed()]) {
      const row = only(order.map(rowOfRecord));
      assert.deepEqual(row.call, {
        outcome: 'answered',
        answeredBy: 'human',
        seconds: 34,
        price: { amount: '0.014', currency: 'USD' },
        keys: ['0', '2'],
      });
      assert.equal(row.status.status, 'completed');
    }
  });

  const outcomes: [records: Parameters<typeof rowOfRecord>[0][], outcome: string | null][] = [
    [[outboundCall(1), callStatus(1, 'ringing')], null],
    [[outboundCall(1, { carrierMessageId: null, status: 'failed', errorCode: '21211' })], 'failed'],
    [[callStatus(1, 'busy')], 'busy'],
    [[callStatus(1, 'no-answer')], 'no_answer'],
    [[callStatus(1, 'canceled')], 'canceled'],
    [[callStatus(1, 'in-progress')], 'answered'],
    [[callStatus(1, 'completed'), callStatus(1, 'in-progress', { answeredBy: 'machine' })], 'machine'],
    [[callStatus(1, 'in-progress', { answeredBy: 'unknown' })], 'answered'],
    [[callKey(1, '9'), callStatus(1, 'completed', { answeredBy: 'machine' })], 'opted_out'],
    [[callKey(1, '4')], 'answered'],
    [[callKey(1, '1'), callStatus(1, 'in-progress', { answeredBy: 'machine' })], 'answered'],
    [[callKey(1, '1'), callStatus(1, 'completed', { answeredBy: 'fax' })], 'answered'],
    [[callKey(1, '1'), callStatus(1, 'failed')], 'answered'],
  ];
  for (const [records, outcome] of outcomes) {
    const said = records.map((record) => [record.type, 'status' in record ? record.status : record.key]);
    it(`come to the outcome ${outcome} of a call from ${said.join('; ')}`, () => {
      for (const order of [records, records.toReversed()]) {
        assert.equal(only(order.map(rowOfRecord)).call?.outcome, outcome);
      }
    });
  }

  it('are of a call that no machine took, where a key was pressed, whatever comes when', () => {
    fc.assert(
      fc.property(fc.array(anyCallRecord, { minLength: 1, maxLength: 12 }), (records) => {
        for (const { call } of mergeBatch(records.map(rowOfRecord)).rows) {
          if (call === null || call.keys.length === 0) continue;
          assert.equal(call.outcome, call.keys.includes('9') ? 'opted_out' : 'answered');
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it('come out one row per message, in the order of their ids', () => {
    const { rows } = mergeBatch([3, 1, 2, 1, 3].map((n) => rowOfRecord(outbound(n))));
    const ids = rows.map(({ logId }) => logId);
    assert.deepEqual(ids, [1, 2, 3].map((n) => messageLogId('twilio', `SM${n}`)).sort());
  });

  it('fill the row that a status made before its message came', () => {
    const row = only([rowOfRecord(status(1, 'delivered')), rowOfRecord(outbound(1))]);
    assert.equal(row.content?.body, outbound(1).body);
    assert.equal(row.status.status, 'delivered');
  });

  it('never make a status fall', () => {
    const row = only([
      rowOfRecord(outbound(1)),
      rowOfRecord(status(1, 'delivered')),
      rowOfRecord(status(1, 'sent')),
    ]);
    assert.equal(row.status.status, 'delivered');
  });

  it('that say sent for ever end as unconfirmed, and a late delivery still wins', () => {
    const givenUp = [outbound(1), status(1, 'sent'), status(1, 'sent_unconfirmed')].map(rowOfRecord);
    assert.equal(only(givenUp).status.status, 'sent_unconfirmed');
    for (const end of ['delivered', 'undelivered', 'partially_delivered']) {
      const late = rowOfRecord(status(1, end));
      assert.equal(only([...givenUp, late]).status.status, end);
      assert.equal(only([late, ...givenUp]).status.status, end);
    }
    assert.deepEqual(mergeBatch([...givenUp, rowOfRecord(status(1, 'failed'))]).conflicts, []);
  });

  it('keep words that nobody knows beside the status', () => {
    const row = only([
      rowOfRecord(status(1, 'teleported')),
      rowOfRecord(status(1, 'sent')),
      rowOfRecord(status(1, 'lost')),
      rowOfRecord(status(1, 'teleported')),
    ]);
    assert.equal(row.status.status, 'sent');
    assert.deepEqual(row.unknownStatuses, ['lost', 'teleported']);
  });

  it('have a row although all that was heard is a word that nobody knows', () => {
    assert.equal(only([rowOfRecord(status(1, 'teleported'))]).status.status, 'unknown');
  });

  it('are kept by the attempt when the carrier refused and gave no id', () => {
    const refused = outbound(1, { carrierMessageId: null, status: 'failed', errorCode: '21211' });
    const row = only([rowOfRecord(refused)]);
    assert.equal(row.logId, refusedAttemptLogId(refused.attemptId));
    assert.equal(row.status.errorCode, '21211');
  });

  it('of a person are received', () => {
    const row = only([
      rowOfInbound(inbound(1)),
      rowOfInbound(inbound(1, { receivedAt: inbound(2).occurredAt })),
    ]);
    assert.equal(row.logId, messageLogId('twilio', 'SMin1'));
    assert.equal(row.content?.direction, 'inbound');
    assert.equal(row.status.status, 'received');
  });

  it('that disagree on how it ended are reported, and the higher rank stands', () => {
    const { rows, conflicts } = mergeBatch([
      rowOfRecord(status(1, 'failed')),
      rowOfRecord(status(1, 'delivered')),
      rowOfRecord(status(2, 'failed')),
      rowOfRecord(status(2, 'undelivered')),
      rowOfRecord(status(3, 'delivered')),
      rowOfRecord(status(3, 'read')),
    ]);
    assert.deepEqual(conflicts, [
      { logId: messageLogId('twilio', 'SM1'), statuses: ['failed', 'delivered'] },
    ]);
    assert.equal(rows.find(({ logId }) => logId === conflicts[0]?.logId)?.status.status, 'delivered');
  });
});
