import assert from 'node:assert/strict';
import { allows, statementsOf } from './allows.ts';

const policy = (...Statement: object[]) => statementsOf(JSON.stringify({ Version: '2012-10-17', Statement }));
const allow = (Action: string | string[], Resource: string | string[]) => ({
  Sid: 'A',
  Effect: 'Allow',
  Action,
  Resource,
});
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:carillon-dev-sms-bulk.fifo';

describe('A policy', () => {
  const cases: [string, ReturnType<typeof policy>, string, string, boolean][] = [
    ['allows what it names', policy(allow('sqs:SendMessage', QUEUE)), 'sqs:SendMessage', QUEUE, true],
    ['refuses another action', policy(allow('sqs:SendMessage', QUEUE)), 'sqs:DeleteMessage', QUEUE, false],
    [
      'refuses another resource',
      policy(allow('sqs:SendMessage', QUEUE)),
      'sqs:SendMessage',
      `${QUEUE}2`,
      false,
    ],
    ['takes a dot for a dot', policy(allow('sqs:SendMessage', 'a.b')), 'sqs:SendMessage', 'axb', false],
    ['ignores the case of actions', policy(allow('SQS:sendmessage', QUEUE)), 'sqs:SendMessage', QUEUE, true],
    ['knows stars', policy(allow('sqs:*', 'arn:aws:sqs:*:carillon-*')), 'sqs:SendMessage', QUEUE, true],
    [
      'knows question marks',
      policy(allow('sqs:SendMessage', 'arn:aws:sq?:*')),
      'sqs:SendMessage',
      QUEUE,
      true,
    ],
    [
      'lets a refusal win',
      policy(allow('sqs:*', '*'), { Sid: 'D', Effect: 'Deny', Action: 'sqs:SendMessage', Resource: '*' }),
      'sqs:SendMessage',
      QUEUE,
      false,
    ],
    ['without statements allows nothing', policy(), 'sqs:SendMessage', QUEUE, false],
  ];
  for (const [name, statements, action, resource, expected] of cases) {
    it(name, () => {
      assert.equal(allows(statements, action, resource), expected);
    });
  }
});
