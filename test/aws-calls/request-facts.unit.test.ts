import assert from 'node:assert/strict';
import { CallSet, readRecordedCalls } from './recorded-call.ts';
import { callerOf, operationOf, Resources } from './request-facts.ts';

const signedBy = (key: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260302/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0`,
});

describe('What is recorded of an AWS call', () => {
  it('is the service whose access key signed it', () => {
    assert.equal(callerOf(signedBy('local-sender')), 'sender');
    assert.equal(callerOf(signedBy('local-ops')), 'ops', 'or the operator');
    assert.equal(callerOf(signedBy('local')), null, 'the set-up and the tests themselves');
    assert.equal(callerOf(signedBy('local-nobody')), null);
    assert.equal(callerOf({}), null);
  });

  for (const [target, action] of [
    ['Kinesis_20131202.PutRecords', 'kinesis:PutRecords'],
    ['AmazonSQS.ReceiveMessage', 'sqs:ReceiveMessage'],
    ['AmazonSQS.SendMessageBatch', 'sqs:SendMessage'],
    ['AmazonSQS.DeleteMessageBatch', 'sqs:DeleteMessage'],
    ['AmazonSQS.ChangeMessageVisibilityBatch', 'sqs:ChangeMessageVisibility'],
  ] as const) {
    it(`is the permission that ${target} needs`, () => {
      assert.equal(operationOf({ 'x-amz-target': target }).action, action);
    });
  }

  it('is never an API that nobody has thought of', () => {
    assert.throws(() => operationOf({ 'x-amz-target': 'DynamoDB_20120810.PutItem' }), /unknown AWS call/);
    assert.throws(() => operationOf({}), /unknown AWS call/);
  });

  it('is the stream or queue, also where only an iterator names it', () => {
    const resources = new Resources();
    assert.equal(resources.of('{"StreamName":"message-log","Records":[]}'), 'message-log');
    assert.equal(resources.of('{"QueueName":"sms-bulk.fifo"}'), 'sms-bulk.fifo');
    assert.equal(resources.of('{"QueueUrl":"http://h:1/000000000000/sms-bulk.fifo"}'), 'sms-bulk.fifo');
    assert.throws(() => resources.of('{"ShardIterator":"one"}'), /without a resource/);
    resources.learn('dialog-events', '{"ShardIterator":"one"}');
    resources.learn(resources.of('{"ShardIterator":"one"}'), '{"NextShardIterator":"two","Records":[]}');
    assert.equal(resources.of('{"ShardIterator":"two"}'), 'dialog-events');
  });

  it('is kept once, in an order that does not depend on when it happened', async () => {
    const committed = await readRecordedCalls();
    const set = new CallSet();
    for (const call of [...committed.toReversed(), ...committed]) set.add(call);
    assert.deepEqual(set.calls, committed);
  });
});
