import assert from 'node:assert/strict';
import fc from 'fast-check';
import { messageLogId, refusedAttemptLogId } from '#shared/identity.ts';
import { deliveryErrorsOf, numberFaultsOf } from './delivery-errors.ts';
import { rowOfRecord } from './row.ts';
import { anyRecord, outbound, status } from './sample-records.ts';

const undelivered = (n: number, errorCode: string | null, word = 'undelivered') =>
  rowOfRecord(status(n, word, { errorCode }));

describe('what carriers report of messages that did not arrive', () => {
  it('is held against a number that cannot be texted, once per message and code', () => {
    const rows = [undelivered(1, '30005'), undelivered(1, '30005'), undelivered(2, '30006', 'failed')];
    assert.deepEqual(
      numberFaultsOf(rows).map(({ errorCode, phoneNumber }) => [errorCode, phoneNumber]),
      numberFaultsOf(rows.toReversed()).map(({ errorCode, phoneNumber }) => [errorCode, phoneNumber]),
    );
    assert.deepEqual(
      new Set(numberFaultsOf(rows).map(({ logId, errorCode }) => `${logId} ${errorCode}`)),
      new Set([`${messageLogId('twilio', 'SM1')} 30005`, `${messageLogId('twilio', 'SM2')} 30006`]),
    );
  });

  it('is held against a number also where the carrier refused the request', () => {
    const refused = outbound(1, { carrierMessageId: null, status: 'failed', errorCode: '21614' });
    assert.deepEqual(
      numberFaultsOf([rowOfRecord(refused)]).map(({ logId }) => logId),
      [refusedAttemptLogId(refused.attemptId)],
    );
  });

  it('is not held against a number for any other reason, on the way, or where there is none', () => {
    const rows = [
      undelivered(1, '30003'),
      undelivered(1, '30007'),
      undelivered(1, '99999'),
      undelivered(1, null),
      undelivered(1, '30005', 'sent'),
      undelivered(1, '30005', 'delivered'),
      rowOfRecord(status(1, 'undelivered', { errorCode: '30005', phoneNumber: null })),
    ];
    assert.deepEqual(numberFaultsOf(rows), []);
  });

  it('holds the same against numbers whatever the order and repetition of records', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 12 }), fc.func(fc.integer()), (records, weight) => {
        const rows = records.map(rowOfRecord);
        const shuffled = [...rows, ...rows].sort((a, b) => weight(a) - weight(b));
        assert.deepEqual(numberFaultsOf(shuffled), numberFaultsOf(rows));
      }),
    );
  });

  it('is counted by code, with what the code means; refusals are not, which the sender has counted', () => {
    const refused = rowOfRecord(
      outbound(1, { carrierMessageId: null, status: 'failed', errorCode: '30007' }),
    );
    const rows = [undelivered(1, '30007'), undelivered(2, '30007'), undelivered(3, '99999'), refused];
    assert.deepEqual(
      deliveryErrorsOf(rows).map(({ code, class: errorClass, count }) => [code, errorClass, count]),
      [
        ['30007', 'halt', 2],
        ['99999', 'unknown', 1],
      ],
    );
  });

  it('is unknown where a carrier has no table', () => {
    const [report] = deliveryErrorsOf([
      rowOfRecord(status(1, 'undelivered', { carrier: 'vonage', errorCode: '30005' })),
    ]);
    assert.equal(report?.class, 'unknown');
  });
});
