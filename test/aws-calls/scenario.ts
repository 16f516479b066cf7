import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { SendAdHocMessage, UpdateUser } from '#shared/contracts/dialog-commands.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type QueueName, queues, type StreamName, streams } from '#shared/topology.ts';
import { transcriptOf } from '#shared/voice/call-script.ts';
import { sampleScript } from '#shared/voice/sample-script.ts';
import { insertCampaign } from '../../apps/campaigns/test-campaigns.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import { OUR_NUMBER } from '../driver/our-number.ts';
import { giveUpOn } from '../driver/queues.ts';
import { loadSample } from '../driver/sample.ts';
import { putRecord } from '../driver/streams.ts';
import { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { isOfStreams, type Reading, type RecordedCall } from './recorded-call.ts';

const CURIOUS = phoneNumber('+14155550131');
const PLANNED = phoneNumber('+14155550132');
const GONE = phoneNumber('+14155550133');
/** Who is called, and who cannot be. */
const CALLED = phoneNumber('+14155550135');
const UNCALLED = phoneNumber('+14155550136');
/** Whom a campaign calls. */
const INVITED = phoneNumber('+14155550137');
/** Of records that nobody understands. */
const GARBLED = phoneNumber('+14155550134');
/** The carrier's word for "this person opted out at us". */
const OPTED_OUT = 21_610;

/** Beyond what entries may be in hand before they are extended, and messages queued before their phones get a turn. */
const REFUSED_SECONDS = 14;
const SENDING = { STALE_TURN_MS: '10000' };
/** Calls are over soon. */
const CARRIER = { CARRIER_CALL_SPEED: '40' };

/**
 * Runs the whole system through everything that makes a service call AWS, every stream and queue from both ends, and
 * gives the calls that a file has, those of its end included. How streams are read is nothing to queues: with fan-out
 * only what is called of Kinesis is looked at.
 */
export async function recordScenario(reading: Reading): Promise<RecordedCall[]> {
  const system = await System.start(
    { sender: SENDING, caller: SENDING, carrier: CARRIER },
    { recordCalls: reading },
  );
  try {
    const { code } = await loadSample();
    await system.simulator.text(PLANNED, code);
    await eventually(async () => {
      const heard = await system.simulator.conversation(PLANNED);
      assert.ok(heard.some(({ direction }) => direction === 'to_phone'));
    }, 60_000);
    await system.simulator.setFaults({ errorCodes: { [GONE]: OPTED_OUT, [UNCALLED]: OPTED_OUT } });
    await system.simulator.text(GONE, code);
    await redriveOnEveryStream(system);
    await lookAtRestore(system);
    await startCampaigns(system);
    if (reading === 'polling') {
      await startCalling(system);
      await fillQueues(system, code);
      await settleDeadLetters(system);
    }
    await planCall(system, UNCALLED);
    await rest(system, reading === 'polling' ? [CURIOUS, PLANNED, INVITED, CALLED] : [PLANNED]);
    await campaignsEnd(system, reading === 'polling' ? ['drill', 'sms', 'voice'] : ['drill', 'sms']);
    await stopByApi(system);
    assert.equal(await system.stop(), 0);
    return reading === 'polling' ? system.awsCalls : system.awsCalls.filter(isOfStreams);
  } finally {
    await system.end();
  }
}

/** The carrier takes nothing until every queue had entries that were extended, and phones that got another turn. */
async function fillQueues(system: System, code: string): Promise<void> {
  await system.simulator.setFaults({ rate429: 1, retryAfterSeconds: REFUSED_SECONDS });
  await system.simulator.text(CURIOUS, code);
  await planMessage(system);
  await planCall(system, CALLED);
  await sendByApi(system);
  await answerByApi(system);
  await answerByAgent(system, code);
  await eventually(async () => {
    for (const queue of Object.keys(queues) as QueueName[]) {
      assert.ok(has(system, 'sqs:ChangeMessageVisibility', queue), `an entry of ${queue} was extended`);
      assert.ok(has(system, 'sqs:SendMessage', queue), `a phone got another turn in ${queue}`);
    }
  }, 60_000);
  await system.simulator.setFaults({ rate429: 0 });
}

/** The agent is given the text of somebody whom the dialog has answered, and answers too. */
async function answerByAgent(system: System, code: string): Promise<void> {
  await eventually(async () => {
    const { rowCount } = await system.database.query('SELECT FROM reply WHERE phone_number = $1', [CURIOUS]);
    assert.equal(rowCount, 1);
  });
  await system.database.query(
    `INSERT INTO agent_rule (rule_id, topic, action, phrases, answers, created_at, updated_at)
     VALUES (gen_random_uuid(), 'code', 'answer', jsonb_build_object('en', jsonb_build_array($1::text)), '{"en": "Welcome."}',
             now(), now())`,
    [code],
  );
  await system.database.query(
    `WITH mode AS (
       INSERT INTO agent_mode (our_number, mode, updated_at, updated_by)
       SELECT our_number, 'automatic', now(), 'ann' FROM reply WHERE phone_number = $1),
     given AS (
       INSERT INTO agent_answer (reply_id, conversation_id, phone_number, our_number, mode, given_at, due_at)
       SELECT reply_id, conversation_id, $1, reply.our_number, 'automatic', now(), now()
         FROM reply JOIN conversation USING (phone_number) WHERE phone_number = $1)
     UPDATE conversation SET state = 'pending', assignee = NULL WHERE phone_number = $1`,
    [CURIOUS],
  );
  await eventually(async () =>
    assert.ok(
      system.awsCalls.some(({ action, service }) => service === 'inbox' && action === 'sqs:SendMessage'),
    ),
  );
}

/** A text and a lesson to somebody who takes part, and for whom it is day. */
async function startCampaigns(system: System): Promise<void> {
  const include = [await insertListOf(system, PLANNED)];
  const now = new Date();
  await insertCampaign(system.database, now, { include });
  const { drills, slug } = (await loadSample()).programme;
  await insertCampaign(system.database, now, {
    include,
    type: 'drill',
    definition: { variants: [], drill: { programme: slug, drill: drills[1] } },
  });
}

/** A call to somebody for whom it is day: of queues, which fan-out is nothing to. */
async function startCalling(system: System): Promise<void> {
  await insertCallConsent(system, INVITED);
  await insertCampaign(system.database, new Date(), {
    include: [await insertListOf(system, INVITED)],
    type: 'voice',
    definition: {
      variants: [{ name: 'A', calls: { en: { message: { say: 'The clinic is open.' } } } }],
      call: { organisation: 'Riverside County Health', tollFreeNumber: '+18005550142' },
    },
  });
}

/** A list of one contact. */
async function insertListOf(system: System, phone: string): Promise<string> {
  const { rows } = await system.database.query<{ list_id: string }>(
    `WITH list AS (
       INSERT INTO contact_list (list_id, name, created_at, updated_at)
       VALUES (gen_random_uuid(), gen_random_uuid()::text, now(), now()) RETURNING list_id),
     person AS (
       INSERT INTO contact (contact_id, phone_number, name, time_zone, created_at, updated_at)
       VALUES (gen_random_uuid(), $1, 'Ana', $2, now(), now()) RETURNING contact_id)
     INSERT INTO list_member (list_id, contact_id, added_at) SELECT list_id, contact_id, now() FROM list, person
     RETURNING list_id`,
    [phone, zoneInDaytime(new Date())],
  );
  return rows[0]?.list_id ?? '';
}

/** May be called by a machine, about what was agreed. */
async function insertCallConsent(system: System, phone: string): Promise<void> {
  await system.database.query(
    `INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
     VALUES ($1, 'sender', 'opted_in',
             '[{"changeId":"","granted":["informational","artificial_voice"],"givenAt":"2026-01-05T12:00:00.000Z"}]',
             gen_random_uuid(), '2026-01-05')`,
    [phone],
  );
}

async function campaignsEnd(system: System, types: readonly string[]): Promise<void> {
  await eventually(async () => {
    const { rows } = await system.database.query<{ type: string; status: string }>(
      'SELECT type, status FROM campaign ORDER BY type',
    );
    assert.deepEqual(
      rows.map(({ status, type }) => `${type} ${status}`),
      types.map((type) => `${type} completed`),
    );
    const { rowCount } = await system.database.query('SELECT FROM outbox');
    assert.equal(rowCount, 0);
  }, 60_000);
}

/** Until everything is sent that may be, and the carrier's word about the one who is gone was taken down. */
async function rest(system: System, sent: readonly string[]): Promise<void> {
  await eventually(async () => {
    const { rows } = await system.database.query<{ phone_number: string; state: string }>(
      'SELECT DISTINCT phone_number, state FROM message ORDER BY phone_number',
    );
    assert.deepEqual(
      rows.map(({ phone_number, state }) => `${phone_number} ${state}`),
      [...sent.map((phone) => `${phone} sent`), `${GONE} failed`, `${UNCALLED} failed`].sort(),
    );
    const { rowCount } = await system.database.query('SELECT FROM outbox');
    assert.equal(rowCount, 0);
    const told = await system.database.query(
      "SELECT FROM consent_change WHERE phone_number = ANY ($1) AND method = 'carrier'",
      [[GONE, UNCALLED]],
    );
    assert.equal(told.rowCount, 2);
  }, 60_000);
}

const has = (system: System, action: string, resource: string): boolean =>
  system.awsCalls.some(
    (call) => isSending(call.service) && call.action === action && call.resource === resource,
  );

const isSending = (service: string): boolean => service === 'sender' || service === 'caller';

/** What nobody understands is set aside, and the operator puts it on its stream again. */
async function redriveOnEveryStream(system: System): Promise<void> {
  const names = Object.keys(streams) as StreamName[];
  /** Until a record of every stream is set aside. Their ids, one of each. */
  const setAside = async (): Promise<string[]> => {
    const found: string[] = [];
    await eventually(async () => {
      const { rows } = await system.database.query<{ source: string; id: string }>(
        `SELECT DISTINCT ON (source) source, id::text FROM quarantined_record
          WHERE partition_key = $1 AND state = 'quarantined' ORDER BY source`,
        [GARBLED],
      );
      assert.deepEqual(
        rows.map(({ source }) => source),
        names.toSorted(),
      );
      found.push(...rows.map(({ id }) => id));
    });
    return found;
  };
  for (const stream of names) await putRecord(system.kinesisUrl, stream, GARBLED, 'not a record of ours');
  await setAside();
  const printed = await system.operate('quarantine', 'redrive', '--all', '--yes', '--by', 'test');
  assert.match(printed, /^[1-9]\d* put on their stream again$/m);
  // Nobody understands them still: they come back, and the API puts them there once more.
  const ids = await setAside();
  const { data } = await (await system.api()).POST('/v1/dead-letters/redrive', { body: { ids } });
  assert.equal(data?.settled, names.length);
}

/** What would be settled of a restore is counted, and whether it might be is asked; nothing is done while services run. */
async function lookAtRestore(system: System): Promise<void> {
  const [since, until] = [3_600_000, 0].map((ms) => new Date(Date.now() - ms).toISOString());
  const printed = await system.operate('restore', 'settle', '--since', since ?? '', '--until', until ?? '');
  assert.match(printed, /^--yes would be refused now: /m);
}

/** What every queue gave up on is looked at, given back, put into its queue again, and discarded. */
async function settleDeadLetters(system: System): Promise<void> {
  const api = await system.api();
  for (const queue of Object.keys(queues) as QueueName[]) {
    await giveUpOn(system.sqsUrl, queue, [GARBLED, CURIOUS]);
    const { data } = await api.GET('/v1/queue-dead-letters', { params: { query: { queue } } });
    const idOf = (phone: string): string =>
      data?.items.find(({ phoneNumber }) => phoneNumber === phone)?.id ?? assert.fail(`${queue} ${phone}`);
    const redriven = await api.POST('/v1/queue-dead-letters/redrive', {
      body: { queue, ids: [idOf(GARBLED)] },
    });
    const discarded = await api.POST('/v1/queue-dead-letters/discard', {
      body: { queue, ids: [idOf(CURIOUS)], why: 'of a test' },
    });
    assert.deepEqual([redriven.data?.settled, discarded.data?.settled], [1, 1]);
  }
}

/** A message that nobody asked for goes through the other queue. It may go now: where the person is, it is day. */
async function planMessage(system: System): Promise<void> {
  const move: UpdateUser = {
    type: 'UPDATE_USER',
    commandId: randomUUID(),
    phoneNumber: PLANNED,
    occurredAt: new Date().toISOString(),
    payload: { profile: { timezone: zoneInDaytime(new Date()) } },
  };
  await putRecord(system.kinesisUrl, 'dialog-commands', PLANNED, JSON.stringify(move));
  const command: SendAdHocMessage = {
    type: 'SEND_AD_HOC_MESSAGE',
    commandId: randomUUID(),
    phoneNumber: PLANNED,
    occurredAt: new Date().toISOString(),
    payload: {
      body: 'The course moves to room 5.',
      origin: { kind: 'planned', senderNumber: null, intent: 'transactional' },
    },
  };
  await putRecord(system.kinesisUrl, 'dialog-commands', PLANNED, JSON.stringify(command));
}

/** A call that was planned, and whose turn was lost: the caller gives its phone another. */
async function planCall(system: System, phone: string): Promise<void> {
  await insertCallConsent(system, phone);
  await system.database.query(
    `WITH known AS (INSERT INTO phone (phone_number, last_ordinal, time_zone) VALUES ($1, 1, $2))
     INSERT INTO message (message_id, phone_number, ordinal, lane, intent, channel, sender_number, body, call, batch_id,
                          cause_id, created_at, queued_at)
     VALUES (gen_random_uuid(), $1, 1, 'bulk', 'transactional', 'voice', $3, $4, $5, gen_random_uuid(), gen_random_uuid(),
             now(), now() - interval '1 minute')`,
    [phone, zoneInDaytime(new Date()), OUR_NUMBER, transcriptOf(sampleScript), sampleScript],
  );
}

/** A message through the API, which gives its phone a turn by itself; once the person's time zone is known here too. */
async function sendByApi(system: System): Promise<void> {
  await eventually(async () => {
    const { rowCount } = await system.database.query(
      'SELECT FROM phone WHERE phone_number = $1 AND time_zone IS NOT NULL',
      [PLANNED],
    );
    assert.equal(rowCount, 1);
  });
  const { data } = await (await system.api()).POST('/v1/messages', {
    body: { phoneNumber: PLANNED, body: 'The course begins at 9.', intent: 'transactional' },
  });
  assert.equal(data?.verdict, 'queued');
}

/** Somebody answers a text by hand: the phone's turn goes into the queue of replies. */
async function answerByApi(system: System): Promise<void> {
  const api = await system.api();
  let id = '';
  await eventually(async () => {
    const { data } = await api.GET('/v1/conversations', { params: { query: { phone: PLANNED } } });
    const [conversation] = data?.items ?? [];
    assert.ok(conversation, 'the text is in a conversation');
    id = conversation.id;
  });
  const { data } = await api.POST('/v1/conversations/{id}/reply', {
    params: { path: { id } },
    body: { body: 'Bring your card.' },
  });
  assert.equal(data?.verdict, 'queued');
}

/** What the API hears of consent it tells the dialog. */
async function stopByApi(system: System): Promise<void> {
  const { response } = await (await system.api()).POST('/v1/consents/{phone}/opt-out', {
    params: { path: { phone: PLANNED } },
    body: { method: 'email', originalMessage: 'please stop' },
  });
  assert.equal(response.status, 201);
  await eventually(async () => {
    const { rowCount } = await system.database.query('SELECT FROM outbox');
    assert.equal(rowCount, 0);
    assert.ok(
      system.awsCalls.some((call) => call.service === 'api' && call.action === 'kinesis:PutRecords'),
      'the API has told the dialog',
    );
  });
}
