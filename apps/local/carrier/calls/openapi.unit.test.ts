import assert from 'node:assert/strict';
import { lineSchema } from '#shared/simulator/line.ts';
import type { CarrierSimulator } from '../simulator.ts';
import { ajv, assertValid, closed, description, withTwilioRefs } from '../test-description.ts';
import {
  accountSid,
  authorization,
  mainNumber,
  phone,
  rawRequest,
  startTestSimulator,
} from '../test-simulator.ts';
import { callParameters, updateParameters } from './create-call.ts';
import { callListParameters } from './list-calls.ts';

/** Twilio's own description of its API is the judge of what the simulator accepts and answers. */

const collection = description.paths['/2010-04-01/Accounts/{AccountSid}/Calls.json'];
const member = description.paths['/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json'];
const createSchema = collection.post.requestBody.content['application/x-www-form-urlencoded'].schema;
const updateSchema = member.post.requestBody.content['application/x-www-form-urlencoded'].schema;

ajv.addFormat('endpoint', true);
ajv.addFormat('http-method', /^(GET|POST)$/);
ajv.addFormat('twiml', true);

const validCall = ajv.compile(closed(description.components.schemas['api.v2010.account.call']));
const validPage = ajv.compile(closed(collection.get.responses['200'].content['application/json'].schema));
const validRequest = ajv.compile({ ...withTwilioRefs(createSchema), additionalProperties: false });

describe("calls of the simulator against Twilio's OpenAPI description", () => {
  let simulator: CarrierSimulator;
  let url: string;

  before(async () => {
    simulator = await startTestSimulator({ callSpeed: 1_000, callsPerSecond: 1_000 });
    url = `${simulator.url}/2010-04-01/Accounts/${accountSid}/Calls.json`;
  });
  after(() => simulator.stop());
  afterEach(() => simulator.control.reset());

  const base = { To: phone, From: mainNumber, Twiml: '<Response><Say>Good morning.</Say></Response>' };

  it('know exactly the described parameters of a call, of a change and of a list', () => {
    assert.deepEqual(callParameters.toSorted(), Object.keys(createSchema.properties).toSorted());
    assert.deepEqual(updateParameters.toSorted(), Object.keys(updateSchema.properties).toSorted());
    const described = collection.get.parameters.filter((parameter) => parameter.in === 'query');
    assert.deepEqual(callListParameters.toSorted(), described.map(({ name }) => name).toSorted());
  });

  it('answer 405 to the one described method that they lack, the deletion of a call', async () => {
    simulator.control.setLine(phone, lineSchema.parse({ answers: 'by_hand' }));
    const { body } = await rawRequest(url, { ...base, Timeout: '600' });
    for (const method of ['get', 'post', 'delete'].filter((name) => name in member)) {
      const response = await fetch(`${simulator.url}${String(body.uri)}`, {
        method: method.toUpperCase(),
        headers: { authorization },
        ...(method === 'post' ? { body: new URLSearchParams({ Status: 'completed' }) } : {}),
      });
      assert.equal(response.status, method === 'delete' ? 405 : 200, method);
    }
  });

  const accepted: [label: string, parameters: Record<string, string> | [string, string][]][] = [
    ['the least that is required', base],
    ['the address of a document', { To: phone, From: mainNumber, Url: 'https://a.example/voice' }],
    ['callbacks with connection overrides', { ...base, StatusCallback: 'https://a.example/s?x=1#rc=3' }],
    [
      'detection of machines beside the call',
      {
        ...base,
        MachineDetection: 'DetectMessageEnd',
        AsyncAmd: 'true',
        AsyncAmdStatusCallback: 'https://a.example/machine',
      },
    ],
    ['limits of ringing and talking', { ...base, Timeout: '25', TimeLimit: '600' }],
    [
      'events, each by itself',
      [...Object.entries(base), ['StatusCallbackEvent', 'ringing'], ['StatusCallbackEvent', 'answered']],
    ],
  ];
  for (const [label, parameters] of accepted) {
    it(`accept ${label} and answer with a described call`, async () => {
      const { status, body } = await rawRequest(url, parameters);
      assert.equal(status, 201, JSON.stringify(body));
      assertValid(validCall, body);
    });
  }

  const outside: [label: string, parameters: Record<string, string>][] = [
    ['an unknown parameter', { ...base, StatusCallBack: 'https://a.example/s' }],
    ['an application sid that is too short', { ...base, ApplicationSid: 'AP00' }],
    ['a time of ringing that is no number', { ...base, Timeout: 'long' }],
    ['a limit that is no number', { ...base, TimeLimit: 'long' }],
    ['a flag that is neither true nor false', { ...base, Record: 'perhaps' }],
    ['no number to call', { From: mainNumber, Twiml: base.Twiml }],
    ['no number that calls', { To: phone, Twiml: base.Twiml }],
  ];
  for (const [label, parameters] of outside) {
    it(`refuse ${label}, which is outside of the description`, async () => {
      assert.ok(!validRequest(structuredClone(parameters)), 'the description allows it');
      const { status, body } = await rawRequest(url, parameters);
      assert.equal(status, 400);
      assert.deepEqual(Object.keys(body).toSorted(), ['code', 'message', 'more_info', 'status']);
      assert.equal(simulator.control.stats().calls, 0);
    });
  }

  it('are shown in every status as described, alone and in lists', async () => {
    for (const answers of ['human', 'busy', 'no_answer', 'unreachable', 'machine'] as const) {
      simulator.control.setLine(phone, lineSchema.parse({ answers }));
      const { body } = await rawRequest(url, { ...base, MachineDetection: 'Enable' });
      await simulator.control.settled();
      const again = await rawRequest(`${simulator.url}${String(body.uri)}`);
      assertValid(validCall, again.body);
    }
    const { body } = await rawRequest(`${url}?PageSize=3`);
    assertValid(validPage, body);
    const next = await rawRequest(`${simulator.url}${String(body.next_page_uri)}`);
    assertValid(validPage, next.body);
    const statuses = [body, next.body].flatMap(({ calls }) =>
      Array.isArray(calls) ? calls.map((call: { status: string }) => call.status) : [],
    );
    assert.deepEqual(statuses, ['completed', 'failed', 'no-answer', 'busy', 'completed']);
  });

  it('refuse list parameters outside of the description', async () => {
    for (const search of [
      'PageSize=0',
      'PageSize=1001',
      'Page=-1',
      'Status=initiated',
      'StartTime=soon',
      'Body=x',
    ]) {
      assert.equal((await rawRequest(`${url}?${search}`)).status, 400, search);
    }
  });
});
