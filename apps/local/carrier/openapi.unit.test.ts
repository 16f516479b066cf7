import assert from 'node:assert/strict';
import { createParameters } from './create-message.ts';
import { listParameters } from './list-messages.ts';
import type { CarrierSimulator } from './simulator.ts';
import { ajv, assertValid, closed, description, withTwilioRefs } from './test-description.ts';
import {
  authorization,
  mainNumber,
  messagesUrl,
  phone,
  rawRequest,
  startTestSimulator,
} from './test-simulator.ts';

/** Twilio's own description of its API is the judge of what the simulator accepts and answers. */

const collection = description.paths['/2010-04-01/Accounts/{AccountSid}/Messages.json'];
const member = description.paths['/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json'];

const validMessage = ajv.compile(closed(description.components.schemas['api.v2010.account.message']));
const validPage = ajv.compile(closed(collection.get.responses['200'].content['application/json'].schema));
const requestSchema = collection.post.requestBody.content['application/x-www-form-urlencoded'].schema;
const validRequest = ajv.compile({ ...withTwilioRefs(requestSchema), additionalProperties: false });

describe("the simulator against Twilio's OpenAPI description", () => {
  let simulator: CarrierSimulator;
  let url: string;

  before(async () => {
    simulator = await startTestSimulator();
    url = messagesUrl(simulator.url);
  });
  after(() => simulator.stop());
  afterEach(() => simulator.control.reset());

  const base = { To: phone, From: mainNumber, Body: 'Good morning' };

  it('knows exactly the described parameters of a send, and the one that only the client library has', () => {
    assert.deepEqual(
      createParameters.filter((name) => name !== 'MessageIntent').toSorted(),
      Object.keys(requestSchema.properties).toSorted(),
    );
  });

  it('knows exactly the described parameters of a list', () => {
    const described = collection.get.parameters.filter((parameter) => parameter.in === 'query');
    assert.deepEqual(listParameters.toSorted(), described.map(({ name }) => name).toSorted());
  });

  it('answers 405 to the one described method that it lacks, the deletion of a message', async () => {
    const { body } = await rawRequest(url, base);
    for (const method of ['get', 'post', 'delete'].filter((name) => name in member)) {
      const response = await fetch(`${simulator.url}${String(body.uri)}`, {
        method: method.toUpperCase(),
        headers: { authorization },
        ...(method === 'post' ? { body: new URLSearchParams({ Body: '' }) } : {}),
      });
      assert.equal(response.status, method === 'delete' ? 405 : 200, method);
    }
  });

  const accepted: [label: string, parameters: Record<string, string>][] = [
    ['the least that is required', base],
    [
      'a messaging service instead of a sender',
      { To: phone, Body: 'x', MessagingServiceSid: `MG${'0'.repeat(32)}` },
    ],
    [
      'a status callback with connection overrides',
      { ...base, StatusCallback: 'https://a.example/s?x=1#rc=3' },
    ],
    ['a validity period', { ...base, ValidityPeriod: '36000' }],
    ['a picture without a text', { To: phone, From: mainNumber, MediaUrl: 'https://a.example/a.jpg' }],
    ['smart encoding', { ...base, SmartEncoded: 'true' }],
    [
      'retention and risk words',
      { ...base, ContentRetention: 'discard', AddressRetention: 'retain', RiskCheck: 'disable' },
    ],
  ];
  for (const [label, parameters] of accepted) {
    it(`accepts ${label} and answers with a described message`, async () => {
      assertValid(validRequest, parameters);
      const { status, body } = await rawRequest(url, parameters);
      assert.equal(status, 201, JSON.stringify(body));
      assertValid(validMessage, body);
    });
  }

  const outside: [label: string, parameters: Record<string, string>][] = [
    ['an unknown parameter', { ...base, StatusCallBack: 'https://a.example/s' }],
    ['a messaging service sid of another kind', { ...base, MessagingServiceSid: `AC${'0'.repeat(32)}` }],
    ['an application sid that is too short', { ...base, ApplicationSid: 'AP00' }],
    ['a content sid with other than hexadecimal digits', { ...base, ContentSid: `HX${'z'.repeat(32)}` }],
    ['a validity period that is no number', { ...base, ValidityPeriod: 'long' }],
    ['an attempt that is no whole number', { ...base, Attempt: '1.5' }],
    ['a price that is no number', { ...base, MaxPrice: 'cheap' }],
    ['a flag that is neither true nor false', { ...base, SmartEncoded: 'perhaps' }],
    ['an unknown word of retention', { ...base, ContentRetention: 'forget' }],
    ['an unknown word of scheduling', { ...base, ScheduleType: 'soon' }],
    ['a time that is none', { ...base, ScheduleType: 'fixed', SendAt: 'tomorrow' }],
    ['no recipient', { From: mainNumber, Body: 'x' }],
  ];
  for (const [label, parameters] of outside) {
    it(`refuses ${label}, which is outside of the description`, async () => {
      assert.ok(!validRequest(structuredClone(parameters)), 'the description allows it');
      const { status, body } = await rawRequest(url, parameters);
      assert.equal(status, 400);
      assert.deepEqual(Object.keys(body).toSorted(), ['code', 'message', 'more_info', 'status']);
      assert.equal(simulator.control.stats().accepted, 0);
    });
  }

  it('shows messages of every status as described, alone and in lists', async () => {
    simulator.control.setFaults({ errorCodes: { '+14155550102': 30003, '+14155550103': 30034 } });
    for (const To of [phone, '+14155550102', '+14155550103']) {
      const { body } = await rawRequest(url, { ...base, To });
      await simulator.control.settled();
      const again = await rawRequest(`${simulator.url}${String(body.uri)}`);
      assert.equal(again.status, 200);
      assertValid(validMessage, again.body);
    }
    await simulator.control.sendText(phone, { body: 'Hello' });
    const { body } = await rawRequest(`${url}?PageSize=2`);
    assertValid(validPage, body);
    const next = await rawRequest(`${simulator.url}${String(body.next_page_uri)}`);
    assertValid(validPage, next.body);
    const statuses = [body, next.body].flatMap(({ messages }) =>
      Array.isArray(messages) ? messages.map((message: { status: string }) => message.status) : [],
    );
    assert.deepEqual(statuses, ['received', 'failed', 'undelivered', 'delivered']);
  });

  it('refuses list parameters outside of the description', async () => {
    for (const search of ['PageSize=0', 'PageSize=1001', 'Page=-1', 'Status=sent', 'DateSent=soon']) {
      assert.equal((await rawRequest(`${url}?${search}`)).status, 400, search);
    }
  });
});
