import assert from 'node:assert/strict';
import twilio from 'twilio';
import type { ReceivedWebhook } from '../carrier.ts';
import { errorTable } from '../errors.ts';
import { twilioErrorRules } from './error-table.ts';
import { createTwilioVoice } from './voice.ts';
import { twilioVoiceErrorRules } from './voice-error-table.ts';
import { answeredByOf } from './voice-parameters.ts';

const PUBLIC_URL = 'https://calls.example.org';
const AUTH_TOKEN = '12345';
const IDS = 'attempt=0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11&message=6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60';
const carrier = createTwilioVoice({
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
  TWILIO_AUTH_TOKEN: AUTH_TOKEN,
  TWILIO_API_URL: 'http://127.0.0.1:1',
  PUBLIC_URL,
});

const webhook = (
  path: string,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): ReceivedWebhook => ({
  method: 'POST',
  target: `${path}?${IDS}`,
  header: (name) => headers[name],
  body: Buffer.from(new URLSearchParams(parameters).toString()),
  parameters: new Map(Object.entries(parameters).map(([name, value]) => [name, [value]])),
});

/** As Twilio posts it, apart from what nobody reads. */
const call = {
  CallSid: 'CA0123456789abcdef0123456789abcdef',
  AccountSid: 'AC00000000000000000000000000000000',
  From: '+14155550199',
  To: '+14155550101',
  Direction: 'outbound-api',
  ApiVersion: '2010-04-01',
  CalledCity: 'SAN FRANCISCO',
};
const about = {
  carrierMessageId: call.CallSid,
  attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
  messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
  phoneNumber: '+14155550101',
};

describe('a webhook of Twilio about a call', () => {
  it('is its own only with its signature over address and parameters', () => {
    const parameters = { ...call, Digits: '9' };
    const path = `/webhooks/twilio/voice/keys`;
    const signature = twilio.getExpectedTwilioSignature(
      AUTH_TOKEN,
      `${PUBLIC_URL}${path}?${IDS}`,
      parameters,
    );
    const headers = { 'x-twilio-signature': signature };
    assert.ok(carrier.verifyWebhook(webhook(path, parameters, headers)));
    assert.ok(!carrier.verifyWebhook(webhook(path, { ...parameters, Digits: '0' }, headers)));
    assert.ok(!carrier.verifyWebhook(webhook(path, parameters)));
  });

  const statuses: [what: string, parameters: Record<string, string>, said: object][] = [
    ['that rings', { CallStatus: 'ringing', SequenceNumber: '1' }, { status: 'ringing' }],
    ['that was taken', { CallStatus: 'in-progress' }, { status: 'in-progress' }],
    [
      'that is over',
      {
        CallStatus: 'completed',
        CallDuration: '34',
        Duration: '1',
        SipResponseCode: '200',
        AnsweredBy: 'human',
      },
      { status: 'completed', seconds: 34, answeredBy: 'human' },
    ],
    ['that is busy, which is no error', { CallStatus: 'busy', SipResponseCode: '486' }, { status: 'busy' }],
    [
      'that failed, with the answer of the network',
      { CallStatus: 'failed', SipResponseCode: '404', CallDuration: '0' },
      { status: 'failed', errorCode: 'sip_404', seconds: 0 },
    ],
    [
      "that failed, with Twilio's own code first",
      { CallStatus: 'failed', SipResponseCode: '404', ErrorCode: '13224' },
      { status: 'failed', errorCode: '13224' },
    ],
    ['that failed for no reason', { CallStatus: 'failed', ErrorCode: '0' }, { status: 'failed' }],
    ['with a word that nobody knows', { CallStatus: 'teleported' }, { status: 'teleported' }],
    [
      'with a length that is none',
      { CallStatus: 'completed', CallDuration: 'long' },
      { status: 'completed' },
    ],
  ];
  for (const [what, parameters, said] of statuses) {
    it(`tells the status of one ${what}`, () => {
      assert.deepEqual(carrier.parseStatus(webhook('/s', { ...call, ...parameters })), {
        kind: 'parsed',
        report: { ...about, errorCode: null, answeredBy: null, seconds: null, ...said },
      });
    });
  }

  const keys: [digits: string | undefined, key: string | null][] = [
    ['9', '9'],
    ['0', '0'],
    ['#', '#'],
    ['*', '*'],
    ['95', '9'],
    ['', null],
    [undefined, null],
    ['x', null],
  ];
  for (const [digits, key] of keys) {
    it(`tells the key ${key} by Digits=${digits}`, () => {
      const parameters = { ...call, ...(digits === undefined ? {} : { Digits: digits }) };
      assert.deepEqual(carrier.parseKeys(webhook('/k', parameters)), {
        kind: 'parsed',
        report: { ...about, key, ourNumber: '+14155550199' },
      });
    });
  }

  it('is about the person who calls, where somebody calls us', () => {
    const parameters = {
      ...call,
      From: '+14155550101',
      To: '+18005550142',
      Direction: 'inbound',
      Digits: '9',
    };
    const parsed = carrier.parseKeys(webhook('/k', parameters));
    assert.ok(parsed.kind === 'parsed');
    assert.deepEqual([parsed.report.phoneNumber, parsed.report.ourNumber], ['+14155550101', '+18005550142']);
    assert.deepEqual(carrier.parseInbound(webhook('/i', parameters)), {
      kind: 'parsed',
      report: { carrierMessageId: call.CallSid, from: '+14155550101', to: '+18005550142' },
    });
  });

  it('names nobody for a number that is withheld', () => {
    for (const From of ['anonymous', '', 'sip:a@example.org', '+266696687']) {
      const parsed = carrier.parseInbound(webhook('/i', { ...call, From, Direction: 'inbound' }));
      assert.equal(parsed.kind === 'parsed' && parsed.report.from, null);
    }
  });

  it('tells who answered, which says neither number', () => {
    const parameters = {
      CallSid: call.CallSid,
      AccountSid: call.AccountSid,
      AnsweredBy: 'machine_end_beep',
      MachineDetectionDuration: '4200',
    };
    assert.deepEqual(carrier.parseMachine(webhook('/m', parameters)), {
      kind: 'parsed',
      report: { ...about, phoneNumber: null, answeredBy: 'machine' },
    });
  });

  it('is malformed without what it is about', () => {
    const { CallSid: _, ...nameless } = call;
    assert.equal(
      carrier.parseStatus(webhook('/s', { ...nameless, CallStatus: 'ringing' })).kind,
      'malformed',
    );
    assert.equal(carrier.parseStatus(webhook('/s', call)).kind, 'malformed');
    assert.equal(carrier.parseKeys(webhook('/k', nameless)).kind, 'malformed');
    assert.equal(carrier.parseMachine(webhook('/m', call)).kind, 'malformed');
    assert.equal(carrier.parseInbound(webhook('/i', nameless)).kind, 'malformed');
  });

  for (const [word, answeredBy] of [
    ['human', 'human'],
    ['machine_start', 'machine'],
    ['machine_end_beep', 'machine'],
    ['machine_end_silence', 'machine'],
    ['machine_end_other', 'machine'],
    ['fax', 'fax'],
    ['unknown', 'unknown'],
    ['robot', 'unknown'],
    ['', null],
    [null, null],
  ] as const) {
    it(`takes ${word} for ${answeredBy}`, () => {
      assert.equal(answeredByOf(word), answeredBy);
    });
  }
});

describe('the error table of calls', () => {
  it('repeats no code of the table of texts, so that the two are one', () => {
    assert.doesNotThrow(() => errorTable([...twilioErrorRules, ...twilioVoiceErrorRules]));
  });

  it('allows repetitions exactly where the class is retry, and names a source for every row', () => {
    for (const rule of twilioVoiceErrorRules) {
      assert.equal(rule.retries > 0, rule.class === 'retry', rule.code);
      assert.ok(rule.source.startsWith('https://'), rule.code);
    }
  });

  for (const [code, errorClass] of [
    ['10004', 'throttle'],
    ['22005', 'throttle'],
    ['21211', 'drop_number'],
    ['21215', 'halt'],
    ['sip_404', 'drop_number'],
    ['sip_480', 'retry'],
    ['sip_499', 'unknown'],
  ] as const) {
    it(`takes ${code} for ${errorClass}`, () => {
      assert.equal(carrier.classifyError(code).class, errorClass);
    });
  }
});
