import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Carrier } from '#shared/carriers/carrier.ts';
import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { lookUp } from '../apps/gateway/follow-up/look-up.ts';
import { publish } from './figures.ts';
import { aimsOf, benchmarkArguments, compare, tableOf } from './harness.ts';

/**
 * How many statuses per second are looked up at the carrier's list, and one by one: what decides from how many on a
 * page of the list is worth asking for. Against the simulator in a process of its own, on loopback: what is compared
 * is our work, the client's and the simulator's, and no network. Fails if a status is missing.
 *
 *   node bench/status-look-up.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const MESSAGES = 1_000;
const FROM = phoneNumber('+14155550100');
const accountSid = `AC${'0'.repeat(32)}`;
const authToken = 'bench-token';

const simulator = fork(fileURLToPath(new URL('../apps/local/carrier/main.ts', import.meta.url)), {
  env: {
    CARILLON_CARRIER_PORT: '0',
    CARILLON_CARRIER_DATA: 'memory',
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    ORIGINATION_NUMBER: FROM,
    LOG_LEVEL: 'warn',
  },
});
const url = await new Promise<string>((resolve, reject) => {
  simulator.on('message', (message) => {
    if (typeof message === 'object' && message !== null && 'url' in message) resolve(String(message.url));
  });
  simulator.on('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
});
const carrier = createTwilioCarrier({
  TWILIO_ACCOUNT_SID: accountSid,
  TWILIO_AUTH_TOKEN: authToken,
  TWILIO_API_URL: url,
  PUBLIC_URL: 'https://texts.example.org',
});
const { signal } = new AbortController();

const wanted: { carrierMessageId: string; acceptedAt: Date }[] = [];
for (let index = 0; index < MESSAGES; index += 1) {
  const outcome = await carrier.send({
    attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
    messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
    to: phoneNumber(`+1415555${String(101 + (index % 99)).padStart(4, '0')}`),
    from: FROM,
    body: `Message ${index}: wash your hands for twenty seconds. Reply 1 for yes and 2 for no.`,
    template: null,
    mediaUrls: [],
    statusCallbackUrl: null,
    validForSeconds: null,
    signal,
  });
  assert.ok(outcome.kind === 'accepted', outcome.kind);
  wanted.push({ carrierMessageId: outcome.carrierMessageId, acceptedAt: new Date() });
}

async function rate(capabilities: Carrier['capabilities']): Promise<number> {
  const began = performance.now();
  const { fault, found } = await lookUp({ ...carrier, capabilities }, wanted, signal);
  const seconds = (performance.now() - began) / 1_000;
  assert.equal(fault, null);
  assert.equal([...found.values()].filter((status) => status !== null).length, MESSAGES);
  return MESSAGES / seconds;
}

const result = await compare({
  unit: 'statuses',
  ours: { name: 'one page of the list', run: () => rate({ lists: true, fetches: false }) },
  others: [{ name: 'one fetch for each', run: () => rate({ lists: false, fetches: true }), atLeast: null }],
  repetitions: quick ? 3 : 9,
});
await publish(
  {
    benchmark: 'status-look-up',
    config: { messages: MESSAGES, 'messages a page': 1_000, 'fetches at once': 4 },
    tables: [tableOf(result)],
    aims: aimsOf(result),
  },
  json,
);
simulator.disconnect();
