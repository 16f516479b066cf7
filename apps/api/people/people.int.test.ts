import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { initialState } from '#shared/contracts/dialog-state.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PHONE = phoneNumber('+14155550101');
const AT = '2026-11-26T09:00:00.000Z';

describe('A person, through the API,', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(() =>
    emptyTables(
      database.adminPool,
      `phone, dialog_state, dialog_drill, dialog_event_batch, drill_progress, consent_change, consent_standing,
       suppression, outbox, message, decision, decision_inputs`,
    ),
  );

  const batch = (version: number, profile = initialState(PHONE, 'en').profile): DialogEventBatch => ({
    schemaVersion: 1,
    batchId: randomUUID(),
    commandId: randomUUID(),
    phoneNumber: PHONE,
    version,
    occurredAt: AT,
    programmeSlug: 'clean-hands',
    origin: { kind: 'planned', senderNumber: null, intent: 'transactional' },
    profileBefore: profile,
    profileAfter: profile,
    events: [
      {
        type: 'UNHANDLED_MESSAGE_RECEIVED',
        eventId: randomUUID(),
        occurredAt: AT,
        message: `text ${version}`,
      },
    ],
  });

  it('whom nobody knows is not found', async () => {
    const { status, body } = await api.send('GET', `/v1/people/${PHONE}`);
    assert.deepEqual([status, body.code], [404, 'not_found']);
    assert.deepEqual((await api.send('GET', `/v1/people/${PHONE}/events`)).body.items, []);
    assert.equal((await api.send('GET', '/v1/people/12')).status, 400);
  });

  it('is shown with profile, the drill and prompt in flight, progress and consent', async () => {
    const drill = (await (await api.deps.drills.current()).drill('washing-hands')) ?? assert.fail();
    const prompt = {
      slug: drill.prompts[0]?.slug ?? '',
      startedAt: AT,
      failures: 1,
      reminderTriggered: false,
      lastResponseAt: null,
    };
    const drillInstanceId = randomUUID();
    const { currentDrill: _, ...state } = initialState(PHONE, 'es');
    await database.adminPool.query("INSERT INTO dialog_drill (hash, drill) VALUES ('h', $1)", [
      JSON.stringify(drill),
    ]);
    await database.adminPool.query(
      `INSERT INTO dialog_state (phone_number, version, state, drill_hash, updated_at) VALUES ($1, 3, $2, 'h', $3)`,
      [PHONE, JSON.stringify({ ...state, version: 3, drillInstanceId, currentPrompt: prompt }), AT],
    );
    await database.adminPool.query(
      `INSERT INTO drill_progress (phone_number, programme_slug, drill_slug, drill_instance_id, requested_at, started_at)
       VALUES ($1, 'clean-hands', 'washing-hands', $2, $3, $3)`,
      [PHONE, drillInstanceId, AT],
    );
    await api.send('POST', `/v1/consents/${PHONE}/opt-out`, {
      body: { method: 'web', originalMessage: 'stop' },
    });
    const { status, body } = await api.send('GET', `/v1/people/${PHONE}`, { key: await api.key('viewer') });
    assert.equal(status, 200);
    assert.equal(body.profile.language, 'es');
    assert.deepEqual(body.dialog, {
      version: 3,
      updatedAt: AT,
      drill: {
        slug: 'washing-hands',
        name: drill.name,
        version: drill.version,
        instanceId: drillInstanceId,
      },
      prompt,
    });
    assert.deepEqual(body.progress, [
      {
        programme: 'clean-hands',
        drill: 'washing-hands',
        requestedAt: AT,
        startedAt: AT,
        completedAt: null,
      },
    ]);
    assert.deepEqual([body.consent.blocked, body.consent.standings[0].status], [true, 'pending_opt_out']);
  });

  it('who has a number and no dialog yet has neither profile nor dialog', async () => {
    await database.adminPool.query(
      "INSERT INTO phone (phone_number, time_zone, state) VALUES ($1, 'America/Chicago', 'IL')",
      [PHONE],
    );
    const { body } = await api.send('GET', `/v1/people/${PHONE}`);
    assert.deepEqual(
      [body.timeZone, body.state, body.profile, body.dialog, body.progress],
      ['America/Chicago', 'IL', null, null, []],
    );
  });

  it('has a timeline that is read page by page, newest first', async () => {
    for (let version = 1; version <= 5; version += 1) {
      const each = batch(version);
      await database.adminPool.query(
        `INSERT INTO dialog_event_batch (phone_number, version, command_id, batch, occurred_at)
         VALUES ($1, $2, $3, $4, $5)`,
        [PHONE, version, each.commandId, JSON.stringify(each), AT],
      );
    }
    const seen: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const { body } = await api.send('GET', `/v1/people/${PHONE}/events${query}`);
      for (const { events, version } of body.items) seen.push(`${version} ${events[0].text}`);
      if (body.nextCursor === null) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    assert.deepEqual(
      seen,
      [5, 4, 3, 2, 1].map((n) => `${n} text ${n}`),
    );
  });

  it('is shown what was written for them, also what will not go', async () => {
    for (const body of ['first', 'second', 'third']) {
      await api.send('POST', '/v1/messages', {
        body: { phoneNumber: PHONE, body, intent: 'transactional' },
      });
    }
    const first = await api.send('GET', `/v1/people/${PHONE}/messages?limit=2`);
    const second = await api.send(
      'GET',
      `/v1/people/${PHONE}/messages?limit=2&cursor=${first.body.nextCursor}`,
    );
    assert.deepEqual(
      [...first.body.items, ...second.body.items].map(
        (item: { body: string; state: string; rule: string }) => [item.body, item.state, item.rule],
      ),
      ['third', 'second', 'first'].map((text) => [text, 'blocked', 'no_consent']),
    );
  });
});

describe('Drills and the state of the system, through the API,', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });

  it('lists drills with their programmes, and gets one whole', async () => {
    const { body } = await api.send('GET', '/v1/drills');
    const found = body.items.find(({ slug }: { slug: string }) => slug === 'washing-hands');
    assert.deepEqual([found.programmes, found.version], [['clean-hands'], 1]);
    const whole = await api.send('GET', '/v1/drills/washing-hands');
    assert.deepEqual(
      whole.body,
      JSON.parse(JSON.stringify(await (await api.deps.drills.current()).drill('washing-hands'))),
    );
    const again = await api.send('GET', '/v1/drills/washing-hands', {
      headers: { 'if-none-match': whole.headers.get('etag') ?? '' },
    });
    assert.equal(again.status, 304);
    assert.equal((await api.send('GET', '/v1/drills/unheard-of')).status, 404);
  });

  it('shows who reads what, what waits, and whether we hear', async () => {
    await database.adminPool.query(
      `INSERT INTO lease (consumer, source, shard, owner, checkpoint, renewed_at) VALUES
         ('dialog', 'dialog-commands', 'shardId-0', 'task 1', '42', clock_timestamp() - interval '90 seconds'),
         ('gateway', 'outbox', '00', NULL, NULL, clock_timestamp())`,
    );
    await database.adminPool.query(
      `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body)
       SELECT 'gateway', '00', 'stream', 'dialog-commands', $1, '{}' FROM generate_series(1, 3)`,
      [PHONE],
    );
    await database.adminPool.query(
      `INSERT INTO quarantined_record (consumer, source, shard, sequence_number, partition_key, state, reason, body,
                                       arrived_at)
       SELECT 'dialog', 'dialog-commands', 's', n::text, $1, (ARRAY['quarantined', 'parked', 'redriven'])[n], 'x', '', now()
         FROM generate_series(1, 3) AS n`,
      [PHONE],
    );
    await database.adminPool.query(
      `INSERT INTO inbound_watch (carrier, alive_at, outage_since) VALUES ('twilio', clock_timestamp(), $1)`,
      [AT],
    );
    await database.adminPool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                            created_at, state, due_at)
       SELECT gen_random_uuid(), $1, n, 'bulk', 'transactional', '+14155550100', 'x', gen_random_uuid(),
              gen_random_uuid(), now(), (ARRAY['queued', 'held', 'sent'])[n], CASE n WHEN 2 THEN $2::timestamptz END
         FROM generate_series(1, 3) AS n`,
      [PHONE, AT],
    );
    const { status, body } = await api.send('GET', '/v1/system');
    assert.equal(status, 200);
    const [reader] = body.consumers;
    assert.deepEqual(
      [reader.consumer, reader.stream, reader.owner, reader.checkpoint],
      ['dialog', 'dialog-commands', 'task 1', '42'],
    );
    assert.ok(reader.renewedMsAgo >= 90_000);
    assert.deepEqual(
      body.relays.map(({ producer, slots, free }: Record<string, unknown>) => [producer, slots, free]),
      [['gateway', 1, 1]],
    );
    assert.deepEqual(body.outbox, [{ producer: 'gateway', rows: 3 }]);
    assert.deepEqual(body.quarantine, [{ consumer: 'dialog', quarantined: 1, parked: 1 }]);
    assert.deepEqual([body.messages.queued, body.messages.held, body.messages.nextDueAt], [1, 1, AT]);
    assert.equal(body.carriers[0].outageSince, AT);
  });
});
