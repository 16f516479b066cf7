import assert from 'node:assert/strict';
import express from 'express';
import { createTwilioVoice } from '#shared/carriers/twilio/voice.ts';
import type { VoiceCarrier } from '#shared/carriers/voice.ts';
import { callCallbacks, inboundCallAddress } from '#shared/carriers/webhook-addresses.ts';
import { systemClock } from '#shared/clock.ts';
import { defaultReviewPolicy } from '#shared/consent/read-text.ts';
import { type MessageLogRecord, messageLogRecordSchema } from '#shared/contracts/message-log.ts';
import { type PublicServer, startPublicServer } from '#shared/http/public-server.ts';
import { silentLogger } from '#shared/logger.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { type Line, lineSchema } from '#shared/simulator/line.ts';
import type { CallScript } from '#shared/voice/call-script.ts';
import { sampleScript } from '#shared/voice/sample-script.ts';
import { voiceRoutes } from '../apps/gateway/calls/voice-routes.ts';
import type { Call } from '../apps/local/carrier/calls/call.ts';
import { type CarrierSimulator, startCarrierSimulator } from '../apps/local/carrier/simulator.ts';
import { mergeBatch } from '../apps/log/merge.ts';
import { type LogRow, rowOfRecord } from '../apps/log/row.ts';
import { testPseudonyms } from './pseudonyms.ts';
import { emptyTables } from './stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from './stack/stack.ts';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const TOKEN = 'the auth token of a test';
const OURS = phoneNumber('+14155550199');
const PERSON = phoneNumber('+14155550101');
const TOLL_FREE = sampleScript.tollFreeNumber;
const ATTEMPT = '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11';
const MESSAGE = '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60';
/** What the law allows between who calls and how to opt out, in ms (47 CFR 64.1200(b)(3)). */
const WAY_OUT_WITHIN_MS = 2_000;

/** From our request through the carrier to the phone, its keys and the webhooks, with what each really says to the other. */
describe('calls between the carrier, a phone and the gateway', () => {
  let database: TestDatabase;
  let pool: Pool;
  let simulator: CarrierSimulator;
  let server: PublicServer;
  let voice: VoiceCarrier;
  let callbacks: ReturnType<typeof callCallbacks>;
  let streamed: MessageLogRecord[];

  before(async () => {
    database = await createDatabase();
    pool = createPool(database.configFor('gateway'), () => undefined);
    simulator = await startCarrierSimulator({
      port: 0,
      dataDir: null,
      accountSid: ACCOUNT,
      authToken: TOKEN,
      mainNumber: OURS,
      callSpeed: 200,
      callsPerSecond: 1_000,
      retryPauseMs: 1,
    });
    const app = express();
    server = await startPublicServer(app, { host: '127.0.0.1', port: 0, keepAliveMs: 65_000 });
    const publicUrl = `http://127.0.0.1:${server.port}`;
    const twilio = createTwilioVoice({
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_API_URL: simulator.url,
      PUBLIC_URL: publicUrl,
    });
    voice = twilio;
    callbacks = callCallbacks(publicUrl, 'twilio', { attemptId: ATTEMPT, messageId: MESSAGE });
    const producer = {
      put: async (_stream: string, _key: string, body: string) => {
        streamed.push(messageLogRecordSchema.parse(JSON.parse(body)));
      },
      close: async () => undefined,
    };
    app.use(
      voiceRoutes(twilio, {
        pool,
        producer,
        relay: { wake: () => undefined },
        cache: { changing: async () => async () => undefined },
        pseudonyms: testPseudonyms,
        reviewPolicy: defaultReviewPolicy,
        clock: systemClock(),
        logger: silentLogger,
        metrics: { observe: () => undefined, flush: () => undefined },
        publicUrl,
        organisation: 'Riverside County Health',
      }),
    );
    simulator.control.setWebhooks({ voiceUrl: inboundCallAddress(publicUrl, 'twilio') });
  });
  after(async () => {
    await simulator.stop();
    await server.stop(0);
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    streamed = [];
    simulator.control.reset();
    await emptyTables(
      database.adminPool,
      'phone, message, attempt, consent_change, consent_standing, suppression, outbox',
    );
  });

  /** One call to a phone with this line, to its end: as the phone lived it. */
  async function call(change: Partial<Line>, script: CallScript = sampleScript): Promise<Lived> {
    simulator.control.setLine(PERSON, lineSchema.parse(change));
    await database.adminPool.query(
      'INSERT INTO phone (phone_number, last_ordinal) VALUES ($1, 1) ON CONFLICT DO NOTHING',
      [PERSON],
    );
    await database.adminPool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                            created_at, state, call)
       VALUES ($1, $2, 1, 'bulk', 'marketing', $3, '', $1, $1, now(), 'sent', $4)`,
      [MESSAGE, PERSON, OURS, JSON.stringify(script)],
    );
    await database.adminPool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state)
       VALUES ($1, $2, $3, 'twilio', $4, 'accepted')`,
      [ATTEMPT, MESSAGE, PERSON, OURS],
    );
    const outcome = await voice.call({
      attemptId: ATTEMPT,
      messageId: MESSAGE,
      to: PERSON,
      from: OURS,
      script,
      callbacks,
      machineDetection: true,
      ringSeconds: 25,
      signal: new AbortController().signal,
    });
    assert.equal(outcome.kind, 'accepted', JSON.stringify(outcome));
    await simulator.control.settled();
    return lastCall();
  }
  type Lived = Pick<Call, 'heard' | 'pressed' | 'status' | 'beepMs'>;
  const lastCall = (): Lived => {
    const lived = simulator.control.callsOf(PERSON).at(-1);
    assert.ok(lived);
    return { ...lived, heard: [...lived.heard] } as Lived;
  };
  const words = ({ heard }: Lived): string[] =>
    heard.filter(({ kind }) => kind === 'say').map(({ text }) => text);
  const isSuppressed = async (): Promise<boolean> =>
    (await database.adminPool.query('SELECT FROM suppression WHERE phone_number = $1', [PERSON])).rowCount ===
    1;
  /** What the message log makes of everything that was told. */
  async function logged(): Promise<LogRow> {
    const { rows } = await database.adminPool.query<{ body: string }>(
      "SELECT body FROM outbox WHERE producer = 'gateway' AND target = 'message-log'",
    );
    const keys = rows.map(({ body }) => messageLogRecordSchema.parse(JSON.parse(body)));
    const [row, ...others] = mergeBatch([...streamed, ...keys].map(rowOfRecord)).rows;
    assert.ok(row && others.length === 0);
    return row;
  }

  it('say who calls, then at once how to opt out, and everything else to whoever presses nothing', async () => {
    const lived = await call({});
    const [identification, wayOut] = lived.heard;
    assert.equal(identification?.text, sampleScript.identification);
    assert.equal(identification?.fromMs, 0, 'a person waits for who calls');
    assert.equal(wayOut?.text, sampleScript.optOut.prompt);
    assert.ok((wayOut?.fromMs ?? 0) - (identification?.toMs ?? 0) <= WAY_OUT_WITHIN_MS);
    assert.ok(
      lived.heard.every(({ keysCount }) => keysCount),
      'something is said while no key counts',
    );
    assert.equal(words(lived).at(-1), sampleScript.goodbye);
    const row = await logged();
    assert.equal(row.status.status, 'completed');
    assert.deepEqual([row.call?.outcome, row.call?.answeredBy, row.call?.keys], ['answered', 'human', []]);
    assert.ok((row.call?.seconds ?? 0) > 0);
    assert.equal(await isSuppressed(), false);
  });

  for (const [when, afterMs] of [
    ['while it is said who calls', 500],
    ['while it is said how', 4_000],
    ['in the message', 8_000],
    ['in the silence after the last words', 25_500],
  ] as const) {
    it(`opt out whoever presses key 9 ${when}, and end`, async () => {
      const lived = await call({ presses: [{ afterMs, key: '9' }] });
      assert.deepEqual(lived.pressed, [{ key: '9', atMs: afterMs, counted: true }]);
      assert.equal(words(lived).at(-1), sampleScript.optedOutConfirmation);
      assert.equal(lived.status, 'completed');
      assert.ok(await isSuppressed());
      const row = await logged();
      assert.deepEqual([row.call?.outcome, row.call?.keys], ['opted_out', ['9']]);
    });
  }

  it('say everything again, then what a key is for, and still let whoever heard that opt out', async () => {
    const lived = await call({
      presses: [
        { afterMs: 3_000, key: '0' },
        { afterMs: 9_000, key: '2' },
        { afterMs: 12_500, key: '9' },
      ],
    });
    const said = words(lived);
    assert.equal(said.filter((text) => text === sampleScript.identification).length, 2);
    assert.ok(said.includes('We are at 12 Main Street.'));
    assert.equal(said.at(-1), sampleScript.optedOutConfirmation);
    assert.ok(lived.pressed.every(({ counted }) => counted));
    assert.ok(await isSuppressed());
  });

  it('leave a machine who called and the toll-free number, once it records', async () => {
    const lived = await call({ answers: 'machine', greetingMs: 4_000 });
    const { beepMs } = lived;
    assert.equal(beepMs, 4_000);
    const recorded = lived.heard.filter(({ fromMs, kind }) => kind === 'say' && fromMs >= (beepMs ?? 0));
    // What was being said when it beeped is cut short.
    assert.deepEqual(recorded.map(({ text }) => text).slice(-2), [
      sampleScript.identification,
      sampleScript.machine.say,
    ]);
    const row = await logged();
    assert.deepEqual([row.call?.outcome, row.call?.answeredBy], ['machine', 'machine']);
  });

  for (const [answers, outcome] of [
    ['busy', 'busy'],
    ['no_answer', 'no_answer'],
    ['unreachable', 'failed'],
  ] as const) {
    it(`come to ${outcome} where the phone is ${answers}`, async () => {
      await call({ answers });
      assert.equal((await logged()).call?.outcome, outcome);
    });
  }

  it('come to the same with callbacks that are doubled and overtaken', async () => {
    simulator.control.setFaults({ duplicateCallbackRate: 1, outOfOrderCallbackRate: 1 });
    await call({ presses: [{ afterMs: 3_000, key: '9' }] });
    const row = await logged();
    assert.deepEqual([row.status.status, row.call?.outcome], ['completed', 'opted_out']);
    assert.equal((await database.adminPool.query('SELECT FROM consent_change')).rowCount, 1);
  });

  it('are asked of the carrier where every callback was lost', async () => {
    simulator.control.setFaults({ lostCallbackRate: 1 });
    await call({});
    assert.deepEqual(streamed, []);
    const [listed] = await voice.listCalls({ to: PERSON, from: OURS, since: new Date(Date.now() - 60_000) });
    assert.ok(listed);
    const found = await voice.fetchCall(listed.carrierMessageId, new AbortController().signal);
    assert.equal(found?.status, 'completed');
    assert.ok((found?.seconds ?? 0) > 0);
    assert.deepEqual(found?.price, { amount: '0.01400', currency: 'USD' });
  });

  it('back to the toll-free number that a machine was left lead to the same way out', async () => {
    const line = lineSchema.parse({ presses: [{ afterMs: 3_000, key: '9' }] });
    simulator.control.callIn(PERSON, { to: TOLL_FREE, line });
    await simulator.control.settled();
    const lived = lastCall();
    assert.equal(words(lived)[0], 'Thank you for calling Riverside County Health.');
    assert.equal(words(lived).at(-1), sampleScript.optedOutConfirmation);
    assert.ok(await isSuppressed());
  });

  it('tell nobody that they are opted out before that is stored: a key that is not is asked for again', async () => {
    await database.adminPool.query('ALTER TABLE consent_change RENAME TO away');
    try {
      // Nothing can be stored: five repetitions, then the fallback says everything once more.
      const lived = await call({ presses: [{ afterMs: 3_000, key: '9' }] });
      assert.equal(words(lived).filter((text) => text === sampleScript.identification).length, 2);
      assert.ok(!words(lived).includes(String(sampleScript.optedOutConfirmation)));
    } finally {
      await database.adminPool.query('ALTER TABLE away RENAME TO consent_change');
    }
    assert.equal(await isSuppressed(), false);
  });
});
