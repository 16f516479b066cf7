import assert from 'node:assert/strict';
import { readConfig } from '#shared/config.ts';
import { type FanOutConsumers, fanOutSettings, requireOwnConsumers } from './fan-out-settings.ts';

const arn = (stream: string, consumer = 'c'): string =>
  `arn:aws:kinesis:us-east-1:123456789012:stream/x-${stream}/consumer/x-${consumer}:1700000000`;
const read = (text: string): FanOutConsumers =>
  readConfig(fanOutSettings, { FAN_OUT_CONSUMERS: text }).FAN_OUT_CONSUMERS;
const log = [
  { consumer: 'log', stream: 'message-log' },
  { consumer: 'log-inbound', stream: 'dialog-commands' },
] as const;

describe('The consumers that read by enhanced fan-out', () => {
  it('are none unless they are named', () => {
    assert.deepEqual([...read('')], []);
  });

  it('are named with their ARNs', () => {
    const text = `log=${arn('message-log')},log-inbound=${arn('dialog-commands')}`;
    assert.deepEqual(
      [...read(text)],
      [
        ['log', arn('message-log')],
        ['log-inbound', arn('dialog-commands')],
      ],
    );
  });

  for (const [fault, text, reason] of [
    ['an entry without a name', arn('message-log'), /has is no ARN/],
    ['an empty name', `=${arn('message-log')}`, /names no consumer/],
    ['an entry without an ARN', 'log', /what log has is no ARN of a registered consumer/],
    ['the ARN of a stream', 'log=arn:aws:kinesis:us-east-1:123456789012:stream/x', /no ARN of a registered/],
    ['a consumer twice', `log=${arn('a')},log=${arn('b')}`, /log has two ARNs/],
    ['an ARN twice', `log=${arn('a')},other=${arn('a')}`, /other has the ARN of another/],
  ] as const) {
    it(`are refused with ${fault}, and the help says what is wanted`, () => {
      assert.throws(
        () => read(text),
        (error: Error) => reason.test(error.message) && /FAN_OUT_CONSUMERS.*log=arn:/s.test(error.message),
      );
    });
  }

  it('belong to the service, and read the stream that their ARN is of', () => {
    const nameOf = (stream: string): string => `x-${stream}`;
    requireOwnConsumers(read(`log=${arn('message-log')}`), log, nameOf);
    assert.throws(() => requireOwnConsumers(read(`dialog=${arn('message-log')}`), log, nameOf), {
      code: 'invalid_configuration',
      message: 'FAN_OUT_CONSUMERS: dialog is no consumer of this service.',
    });
    assert.throws(() => requireOwnConsumers(read(`log=${arn('dialog-events')}`), log, nameOf), {
      code: 'invalid_configuration',
      message: 'FAN_OUT_CONSUMERS: log reads x-message-log, and its ARN is of x-dialog-events.',
    });
  });
});
