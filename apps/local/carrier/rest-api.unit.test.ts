import assert from 'node:assert/strict';
import { NO_JUMP } from '#shared/business-clock/jump.ts';
import { parseCreateForm } from './create-message.ts';
import type { CarrierSimulator } from './simulator.ts';
import {
  accountSid,
  mainNumber,
  messagesUrl,
  phone,
  rawRequest,
  startTestSimulator,
} from './test-simulator.ts';

const service = `MG${'0'.repeat(32)}`;
const inAnHour = (now: number): string => new Date(now + 3_600_000).toISOString();
const now = Date.parse('2026-03-02T15:00:00Z');
const base = { To: phone, From: mainNumber, Body: 'x' };

describe('parseCreateForm', () => {
  const refused: [label: string, form: Record<string, string>, code: number][] = [
    ['no recipient', { From: mainNumber, Body: 'x' }, 21604],
    ['an empty recipient', { ...base, To: '' }, 21604],
    ['a recipient without +', { ...base, To: '4155550101' }, 21211],
    ['a recipient that is too short', { ...base, To: '+1415555' }, 21211],
    ['a recipient with an impossible area code', { ...base, To: '+11155550101' }, 21211],
    ['a recipient abroad with too few digits', { ...base, To: '+33123456' }, 21211],
    ['words as recipient', { ...base, To: 'whoever' }, 21211],
    ['neither sender nor service', { To: phone, Body: 'x' }, 21603],
    ['a sender that is none', { ...base, From: '+1-415' }, 21212],
    ['a message to oneself', { ...base, From: phone }, 21266],
    ['neither text nor picture', { To: phone, From: mainNumber }, 21602],
    ['an empty text', { ...base, Body: '' }, 21602],
    ['1,601 characters', { ...base, Body: 'x'.repeat(1_601) }, 21617],
    ['a status callback that is no address', { ...base, StatusCallback: 'callback' }, 21609],
    ['a status callback of another protocol', { ...base, StatusCallback: 'ftp://a.example/' }, 21609],
    ['a host with an underscore', { ...base, StatusCallback: 'https://my_host.example/' }, 21609],
    ['a picture that is no address', { ...base, MediaUrl: 'picture.png' }, 21620],
    ['a validity period of 0', { ...base, ValidityPeriod: '0' }, 20001],
    ['a validity period above ten hours', { ...base, ValidityPeriod: '36001' }, 20001],
    ['a time without a schedule', { ...base, SendAt: inAnHour(now) }, 35114],
    ['a schedule without a service', { ...base, ScheduleType: 'fixed', SendAt: inAnHour(now) }, 35118],
    [
      'a schedule in five minutes',
      {
        To: phone,
        Body: 'x',
        MessagingServiceSid: service,
        ScheduleType: 'fixed',
        SendAt: new Date(now + 300_000).toISOString(),
      },
      35111,
    ],
  ];
  for (const [label, form, code] of refused) {
    it(`refuses ${label} with ${code}`, () => {
      const parsed = parseCreateForm(new URLSearchParams(form).toString(), now);
      assert.equal(parsed.ok ? 'accepted' : parsed.code, code);
    });
  }

  it('accepts 1,600 characters, short codes, sender names and up to ten pictures', () => {
    const pictures = Array.from({ length: 10 }, (_, i): [string, string] => [
      'MediaUrl',
      `https://m.example/${i}.png`,
    ]);
    for (const form of [
      new URLSearchParams({ ...base, Body: 'x'.repeat(1_600) }),
      new URLSearchParams({ ...base, From: '72345' }),
      new URLSearchParams({ ...base, From: 'CountyAlert' }),
      new URLSearchParams([...Object.entries(base), ...pictures]),
    ]) {
      assert.equal(parseCreateForm(form.toString(), now).ok, true, form.toString());
    }
    const eleven = new URLSearchParams([...Object.entries(base), ...pictures]);
    eleven.append('MediaUrl', 'https://m.example/10.png');
    const parsed = parseCreateForm(eleven.toString(), now);
    assert.equal(parsed.ok ? 'accepted' : parsed.code, 21623);
  });

  it('refuses a parameter that is given twice, except pictures', () => {
    const parsed = parseCreateForm(`${new URLSearchParams(base)}&To=%2B14155550102`, now);
    assert.equal(parsed.ok ? 'accepted' : parsed.code, 20001);
  });
});

describe('the REST API', () => {
  let simulator: CarrierSimulator;
  let url: string;

  beforeEach(async () => {
    simulator = await startTestSimulator();
    url = messagesUrl(simulator.url);
  });
  afterEach(() => simulator.stop());

  it('answers 401 with 20003 without credentials or with wrong ones', async () => {
    const wrong = { authorization: `Basic ${Buffer.from(`${accountSid}:wrong`).toString('base64')}` };
    for (const headers of [{}, wrong]) {
      const { status, body } = await rawRequest(url, base, headers);
      assert.deepEqual([status, body.code, body.status], [401, 20003, 401]);
    }
    assert.equal(simulator.control.stats().messages, 0);
  });

  it('answers 404 with 20404 for other accounts, unknown messages and unknown resources', async () => {
    for (const path of [
      `/2010-04-01/Accounts/AC${'9'.repeat(32)}/Messages.json`,
      `/2010-04-01/Accounts/${accountSid}/Messages/SM${'9'.repeat(32)}.json`,
      `/2010-04-01/Accounts/${accountSid}/Recordings.json`,
    ]) {
      const { status, body } = await rawRequest(`${simulator.url}${path}`);
      assert.deepEqual([status, body.code], [404, 20404], path);
    }
  });

  it('counts refusals by code', async () => {
    await rawRequest(url, { ...base, To: 'nobody' });
    await rawRequest(url, { ...base, Body: '' });
    await rawRequest(url, { ...base, Body: '' });
    assert.deepEqual(simulator.control.stats().refused, { 21211: 1, 21602: 2 });
  });

  it('counts segments by the rules of SMS', async () => {
    const { body } = await rawRequest(url, { ...base, Body: '🙂'.repeat(36) });
    assert.equal(body.num_segments, '2');
  });

  it('lets a message fail with 30036 when its validity ends before its turn', async () => {
    simulator.control.setFaults({ sentAfterMs: { min: 60_000, max: 60_000 } });
    await rawRequest(url, { ...base, ValidityPeriod: '30' });
    simulator.control.skipTo({ ...NO_JUMP, offsetMs: 30_000 });
    await simulator.control.settled();
    const [message] = simulator.control.messagesOf(phone);
    assert.deepEqual([message?.status, message?.errorCode], ['failed', 30036]);
  });
});
