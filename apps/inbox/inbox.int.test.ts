import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { rule } from '#shared/gate/judge.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { CLOCKS_DIFFER_MS } from '#shared/replies/matching.ts';
import type { TakenAs, Verdict } from '#shared/replies/taken-as.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { handOverUntold, nextUntold, UNTOLD_MS } from './hand-over.ts';
import { forgetVerdicts, nextSnoozed, wakeSnoozed } from './store.ts';
import {
  applyBatch,
  batchAbout,
  GONE,
  inboundText,
  insertSent,
  OURS,
  type SentText,
  testConsumers,
  wrongConversations,
} from './test-inbox.ts';

const ANA = '+12125550101';
const BO = '+12125550102';
const CY = '+12125550103';
const OTHER_OURS = '+14155550198';
const CAMPAIGNS: readonly string[] = [randomUUID(), randomUUID(), randomUUID()];
const NOW = new Date('2026-11-26T12:00:00Z');
const HOUR_MS = 3_600_000;
const hours = (n: number): Date => new Date(NOW.getTime() + n * HOUR_MS);

describe('What people text', () => {
  let database: TestDatabase;
  let pool: Pool;
  const { dialog, texts } = testConsumers(new ManualClock(NOW));

  before(async () => {
    database = await createDatabase();
    // With the rights of the service.
    pool = createPool(database.configFor('inbox'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(() => clear());

  async function clear(): Promise<void> {
    await emptyTables(
      database.adminPool,
      `reply, reply_verdict, conversation, message, attempt, contact, campaign, campaign_contact, campaign_count,
       suppression, event_position, erased_phone`,
    );
    // The first two accept words; the third accepts none.
    await database.adminPool.query(
      `INSERT INTO campaign (campaign_id, name, type, intent, definition, status, created_by, created_at, updated_at)
       SELECT campaign, 'A campaign', 'sms', 'transactional',
              CASE WHEN place < 3 THEN '{"acceptedKeywords": ["YES", "No"]}' ELSE '{}' END::jsonb, 'active', 'test', now(), now()
         FROM unnest($1::uuid[]) WITH ORDINALITY AS made(campaign, place)`,
      [CAMPAIGNS],
    );
    await database.adminPool.query(
      `INSERT INTO contact (contact_id, phone_number, name, created_at, updated_at)
       SELECT gen_random_uuid(), phone, phone, now(), now() FROM unnest($1::text[]) AS phone`,
      [[ANA, BO]],
    );
    await database.adminPool.query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, variant, state)
       SELECT campaign, contact_id, phone_number, CASE phone_number WHEN $2 THEN 1 ELSE 0 END, 'sent'
         FROM contact CROSS JOIN unnest($1::uuid[]) AS campaign`,
      [CAMPAIGNS, BO],
    );
  }

  interface Stored {
    reply_id: string;
    contact: string | null;
    campaign_id: string | null;
    taken_as: TakenAs | null;
    body: string;
  }
  async function stored(): Promise<Stored[]> {
    const { rows } = await database.adminPool.query<Stored>(
      `SELECT reply_id, contact.phone_number AS contact, campaign_id, taken_as, body
         FROM reply LEFT JOIN contact USING (contact_id) ORDER BY reply.received_at, reply_id`,
    );
    return rows;
  }
  const conversation = async (phone: string) =>
    (await database.adminPool.query('SELECT * FROM conversation WHERE phone_number = $1', [phone])).rows[0];
  const lastReply = async (phone: string) =>
    (await database.adminPool.query('SELECT last_reply FROM contact WHERE phone_number = $1', [phone]))
      .rows[0]?.last_reply;
  async function repliedCounts(): Promise<string[]> {
    const { rows } = await database.adminPool.query<{ campaign_id: string; variant: number; value: number }>(
      `SELECT campaign_id, variant, value::int AS value FROM campaign_count WHERE measure = 'replied'`,
    );
    return rows.map((row) => `${CAMPAIGNS.indexOf(row.campaign_id)} ${row.variant} ${row.value}`).sort();
  }
  /** People by the keyword that stands of them, and what is counted, by campaign. */
  async function keywords(): Promise<{ rows: string[]; counted: string[] }> {
    const { rows } = await database.adminPool.query<{ campaign_id: string; phone: string; keyword: string }>(
      `SELECT campaign_id, phone_number AS phone, keyword FROM campaign_contact WHERE keyword IS NOT NULL`,
    );
    const { rows: counts } = await database.adminPool.query<{
      campaign_id: string;
      variant: number;
      measure: string;
      value: number;
    }>(
      `SELECT campaign_id, variant, measure, value::int AS value FROM campaign_count
        WHERE measure LIKE 'keyword:%' AND value <> 0`,
    );
    const of = (id: string): number => CAMPAIGNS.indexOf(id);
    return {
      rows: rows.map((row) => `${of(row.campaign_id)} ${row.phone} ${row.keyword}`).sort(),
      counted: counts
        .map((row) => `${of(row.campaign_id)} ${row.variant} ${row.measure.slice(8)} ${row.value}`)
        .sort(),
    };
  }
  async function repliedRows(): Promise<Map<string, number | null>> {
    const { rows } = await database.adminPool.query<{
      campaign_id: string;
      phone_number: string;
      replied_at: Date | null;
    }>('SELECT campaign_id, phone_number, replied_at FROM campaign_contact');
    return new Map(
      rows.map((row) => [
        `${CAMPAIGNS.indexOf(row.campaign_id)} ${row.phone_number}`,
        row.replied_at?.getTime() ?? null,
      ]),
    );
  }
  const suppress = (scope = 'sender'): Promise<unknown> =>
    database.adminPool.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at, scope)
       VALUES ($1, gen_random_uuid(), 'user_opt_out', 'STOP', now(), $2)`,
      [ANA, scope],
    );
  const handOver = (afterMs = HOUR_MS): Promise<number> =>
    handOverUntold({
      pool,
      pseudonyms: testPseudonyms,
      now: new Date(NOW.getTime() + afterMs),
      limit: 100,
    });
  const sent = (more: Partial<SentText>): SentText => ({
    phone: ANA,
    ours: OURS,
    campaignId: CAMPAIGNS[0] ?? null,
    at: hours(-1),
    state: 'sent',
    ...more,
  });

  it('is stored with the contact who wrote it and the campaign that last texted that number', async () => {
    await insertSent(database.adminPool, [
      sent({ at: hours(-3) }),
      sent({ at: hours(-2), campaignId: CAMPAIGNS[1] ?? null }),
      sent({ at: hours(-1), campaignId: CAMPAIGNS[2] ?? null, ours: OTHER_OURS }),
      sent({ at: hours(-1), campaignId: null }),
    ]);
    const media = [{ url: 'https://example.org/cat.jpg', contentType: 'image/jpeg' }];
    await applyBatch(pool, texts, [
      inboundText(1, hours(0), { body: 'at 3pm', media }),
      inboundText(2, hours(0), { from: CY }),
    ]);
    const [ana, cy] = (await stored()).sort((a, b) => a.body.localeCompare(b.body));
    assert.deepEqual([ana?.contact, ana?.campaign_id], [ANA, CAMPAIGNS[1]]);
    assert.deepEqual([cy?.contact, cy?.campaign_id], [null, null]);
    assert.equal(await lastReply(ANA), 'at 3pm');
    const { activity_at: activityAt, campaign_id: campaignId, our_number: ours } = await conversation(ANA);
    assert.deepEqual([activityAt, campaignId, ours], [hours(0), CAMPAIGNS[1], OURS]);
    const { rows } = await database.adminPool.query('SELECT media_urls FROM reply WHERE body = $1', [
      'at 3pm',
    ]);
    assert.deepEqual(rows, [{ media_urls: ['https://example.org/cat.jpg'] }]);
  });

  it('wants an answer when the dialog leaves it to people, and opens the conversation then', async () => {
    const text = inboundText(1, hours(0));
    await applyBatch(pool, texts, [text]);
    const { state, unread, waiting } = await conversation(ANA);
    assert.deepEqual([state, unread, waiting], ['closed', 0, 0]);
    await applyBatch(pool, dialog, [batchAbout(text, 1, 'people')]);
    const then = await conversation(ANA);
    assert.deepEqual([then.state, then.unread, then.waiting], ['open', 1, 1]);
  });

  it('wants none as the answer to a lesson, which counts for no campaign either', async () => {
    await insertSent(database.adminPool, [sent({})]);
    const text = inboundText(1, hours(0));
    await applyBatch(pool, texts, [text]);
    await applyBatch(pool, dialog, [batchAbout(text, 1, 'lesson')]);
    const { state, unread, waiting } = await conversation(ANA);
    assert.deepEqual([state, unread, waiting], ['closed', 0, 0]);
    assert.deepEqual(await repliedCounts(), []);
    assert.equal(await lastReply(ANA), 'text 1');
  });

  it('counts as the answer to a lesson for the campaign that started it, whichever is heard of first', async () => {
    await insertSent(database.adminPool, [
      sent({ at: hours(-2) }),
      sent({ isLesson: true, campaignId: CAMPAIGNS[1] ?? null }),
      sent({ isLesson: true, campaignId: CAMPAIGNS[1] ?? null, phone: BO }),
    ]);
    const [ana, bo] = [inboundText(1, hours(0)), inboundText(2, hours(0), { from: BO })];
    await applyBatch(pool, texts, [ana]);
    await applyBatch(pool, dialog, [batchAbout(ana, 1, 'lesson'), batchAbout(bo, 1, 'lesson')]);
    await applyBatch(pool, texts, [bo]);
    assert.deepEqual(
      (await stored()).map(({ campaign_id }) => campaign_id),
      [CAMPAIGNS[1], CAMPAIGNS[1]],
    );
    assert.deepEqual(await repliedCounts(), ['1 0 1', '1 1 1']);
    const { state, unread, waiting } = await conversation(ANA);
    assert.deepEqual([state, unread, waiting], ['closed', 0, 0]);
  });

  it('ends a ladder as soon as it is heard, whatever it turns out to be, unless it is a word about consent', async () => {
    await insertSent(database.adminPool, [sent({}), sent({ phone: BO }), sent({ phone: CY })]);
    await database.adminPool.query(
      'UPDATE campaign_contact SET step = 0, step_base = 0 WHERE phone_number <> $1',
      [CY],
    );
    const heard = async (): Promise<(string | Date | null)[][]> => {
      const { rows } = await database.adminPool.query<{ phone: string; heard_at: Date | null }>(
        'SELECT phone_number AS phone, heard_at FROM campaign_contact WHERE campaign_id = $1 ORDER BY 1',
        [CAMPAIGNS[0]],
      );
      return rows.map(({ heard_at, phone }) => [phone, heard_at]);
    };
    const ofOthers = (await heard()).filter(([phone]) => phone !== ANA);
    await applyBatch(pool, texts, [
      inboundText(1, hours(0)),
      inboundText(2, hours(0), { from: BO, body: 'STOP', consent: 'opted_out' }),
      inboundText(3, hours(0), { from: CY }),
    ]);
    assert.deepEqual(await heard(), [[ANA, hours(0)], ...ofOthers]);
    assert.deepEqual(await repliedCounts(), []);
  });

  it('is no reply when it is a word about consent', async () => {
    await insertSent(database.adminPool, [sent({})]);
    const stop = inboundText(1, hours(0), { body: 'STOP', consent: 'opted_out' });
    await applyBatch(pool, texts, [stop]);
    await applyBatch(pool, dialog, [batchAbout(stop, 1, 'consent')]);
    assert.deepEqual(
      (await stored()).map(({ campaign_id, taken_as }) => [campaign_id, taken_as]),
      [[CAMPAIGNS[0], 'consent']],
    );
    assert.equal(await lastReply(ANA), null);
    assert.deepEqual(await repliedCounts(), []);
    assert.equal((await conversation(ANA)).unread, 0);
  });

  it('is shown to people, and not to be answered, from somebody who has stopped', async () => {
    await suppress();
    await applyBatch(pool, texts, [inboundText(1, hours(0), { body: 'why?' })]);
    const { state, unread, waiting } = await conversation(ANA);
    assert.deepEqual([state, unread, waiting], ['open', 1, 0]);
  });

  it('is not to be answered either from somebody who refused one topic: the gate stops what has none', async () => {
    await suppress('news');
    await applyBatch(pool, texts, [inboundText(1, hours(0), { body: 'why?' })]);
    const { unread, waiting } = await conversation(ANA);
    assert.deepEqual([unread, waiting], [1, 0]);
    const gate = { ...defaultGateConfig, revocationScope: 'topic' as const };
    const candidate = {
      messageId: randomUUID(),
      phoneNumber: ANA,
      channel: 'sms' as const,
      intent: 'reply' as const,
      batchId: randomUUID(),
      freeFrom: null,
      campaignId: null,
      topic: null,
      causedAt: NOW,
      notAfter: null,
      decided: null,
    };
    await database.adminPool.query('INSERT INTO phone (phone_number) VALUES ($1)', [ANA]);
    const [ruling] = await inTransaction(database.adminPool, (tx) =>
      rule(tx, [candidate], { now: NOW, config: gate, pseudonyms: testPseudonyms }),
    );
    assert.deepEqual([ruling?.decision.verdict, ruling?.decision.rule], ['block', 'suppressed']);
  });

  it('goes to people when the dialog says nothing of it for minutes', async () => {
    await insertSent(database.adminPool, [sent({})]);
    await applyBatch(pool, texts, [inboundText(1, hours(0)), inboundText(2, hours(0), { consent: 'help' })]);
    assert.deepEqual(await nextUntold(pool), new Date(hours(0).getTime() + UNTOLD_MS));
    assert.equal(await handOver(UNTOLD_MS - 1), 0);
    assert.equal((await conversation(ANA)).waiting, 0);
    assert.equal(await handOver(UNTOLD_MS), 1);
    assert.equal(await handOver(UNTOLD_MS), 0);
    const { state, unread, waiting } = await conversation(ANA);
    assert.deepEqual([state, unread, waiting], ['open', 1, 1]);
    assert.deepEqual(await repliedCounts(), [], 'nobody knows yet what it answers');
    assert.equal(await nextUntold(pool), null);
  });

  it('goes to people when it came just before a START, of which the dialog heard after it: it was held for opted out', async () => {
    await suppress();
    const [question, start] = [
      inboundText(1, hours(0), { body: 'are you there?' }),
      inboundText(2, hours(0), { body: 'START', consent: 'opted_in' }),
    ];
    // The gateway lifts the suppression before the stream has the START.
    await emptyTables(database.adminPool, 'suppression');
    await applyBatch(pool, texts, [question, start]);
    await applyBatch(pool, dialog, [batchAbout(start, 1, 'consent')]);
    assert.equal(await handOver(UNTOLD_MS), 1);
    assert.equal((await conversation(ANA)).waiting, 1);
  });

  it('is taken from people again when the dialog answers it after all, and stays with them when it does not', async () => {
    await insertSent(database.adminPool, [sent({}), sent({ phone: BO })]);
    const [menu, question] = [inboundText(1, hours(0)), inboundText(2, hours(0), { from: BO })];
    await applyBatch(pool, texts, [menu, question]);
    assert.equal(await handOver(UNTOLD_MS), 2);
    await applyBatch(pool, dialog, [batchAbout(menu, 1, 'dialog'), batchAbout(question, 1, 'people')]);
    const [ana, bo] = [await conversation(ANA), await conversation(BO)];
    assert.deepEqual([ana.unread, ana.waiting, bo.unread, bo.waiting], [0, 0, 1, 1]);
    assert.deepEqual(await repliedCounts(), ['0 0 1', '0 1 1']);
  });

  for (const before of ['closed', 'snoozed'] as const) {
    it(`leaves a conversation that was ${before} as it was, when the dialog was away and takes it for a lesson after all`, async () => {
      const [first, second] = [inboundText(1, hours(0)), inboundText(2, hours(0))];
      await applyBatch(pool, texts, [first, second]);
      const until = before === 'snoozed' ? hours(9) : null;
      await database.adminPool.query('UPDATE conversation SET state = $1, snoozed_until = $2', [
        before,
        until,
      ]);
      assert.equal(await handOver(), 2);
      assert.equal((await conversation(ANA)).state, 'open');
      await applyBatch(pool, dialog, [batchAbout(first, 1, 'lesson')]);
      assert.equal((await conversation(ANA)).state, 'open', 'the other waits for somebody');
      await applyBatch(pool, dialog, [batchAbout(second, 2, 'dialog')]);
      const { opened_from, opened_from_snoozed, snoozed_until, state, unread, waiting } =
        await conversation(ANA);
      assert.deepEqual([state, snoozed_until, unread, waiting], [before, until, 0, 0]);
      assert.deepEqual([opened_from, opened_from_snoozed], [null, null]);
    });
  }

  it('is handed over to be looked at, and not to be answered, of somebody who has stopped since', async () => {
    await applyBatch(pool, texts, [inboundText(1, hours(0))]);
    await suppress();
    await handOver();
    const { unread, waiting } = await conversation(ANA);
    assert.deepEqual([unread, waiting], [1, 0]);
  });

  it('is handed over once by several tasks, when nobody holds its conversation', async () => {
    await applyBatch(pool, texts, [inboundText(1, hours(0))]);
    await inTransaction(database.adminPool, async (tx) => {
      await tx.query('SELECT FROM conversation FOR UPDATE');
      assert.equal(await handOver(), 0);
    });
    const handed = await Promise.all([handOver(), handOver(), handOver()]);
    assert.deepEqual(handed.sort(), [0, 0, 1]);
    assert.equal((await conversation(ANA)).waiting, 1);
  });

  it('of before its person was erased is not stored', async () => {
    await database.adminPool.query(
      `INSERT INTO erasure_key (key_version, proof) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [testPseudonyms.currentVersion, testPseudonyms.proofOf(testPseudonyms.currentVersion)],
    );
    await database.adminPool.query(
      `INSERT INTO erased_phone (pseudonym, key_version, erased_at, reason, erased_by) VALUES ($1, $2, $3, 'asked', 'ann')`,
      [testPseudonyms.of(ANA), testPseudonyms.currentVersion, hours(0)],
    );
    await applyBatch(pool, texts, [inboundText(1, hours(0)), inboundText(2, hours(1), { body: 'again' })]);
    assert.deepEqual(
      (await stored()).map(({ body }) => body),
      ['again'],
    );
  });

  it('whose number has given way to an erasure under way parks nobody', async () => {
    const [erased, other] = [inboundText(1, hours(0)), inboundText(2, hours(0), { from: BO })];
    await applyBatch(pool, texts, [erased, other]);
    await database.adminPool.query('UPDATE reply SET phone_number = $2 WHERE phone_number = $1', [
      ANA,
      testPseudonyms.of(ANA),
    ]);
    const aside = await applyBatch(pool, dialog, [
      batchAbout(erased, 1, 'people'),
      batchAbout(other, 1, 'people'),
    ]);
    assert.deepEqual(aside, []);
    const [ana, bo] = [await conversation(ANA), await conversation(BO)];
    assert.deepEqual([ana.waiting, bo.waiting], [0, 1]);
  });

  it('leaves whom nobody put into the audience out of what is counted', async () => {
    await insertSent(database.adminPool, [sent({ phone: CY })]);
    const text = inboundText(1, hours(0), { from: CY });
    await applyBatch(pool, texts, [text]);
    await applyBatch(pool, dialog, [batchAbout(text, 1, 'people')]);
    assert.deepEqual(
      (await stored()).map(({ campaign_id }) => campaign_id),
      [CAMPAIGNS[0]],
    );
    assert.deepEqual(await repliedCounts(), []);
  });

  it('takes as many statements for a hundred texts as for two', async () => {
    const count = async (n: number): Promise<number> => {
      let queries = 0;
      const all = Array.from({ length: n }, (_, i) =>
        inboundText(1_000 * n + i, hours(0), { from: `+1212555${String(100 + i).padStart(4, '0')}` }),
      );
      await inTransaction(pool, async (tx) => {
        const counting = new Proxy(tx, {
          get: (target, name) => {
            if (name === 'query') queries += 1;
            const value: unknown = Reflect.get(target, name);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
        await texts.apply(
          counting,
          all.map((value, i) => ({
            body: '',
            value,
            sequenceNumber: String(i),
            partitionKey: value.phoneNumber,
            arrivedAt: new Date(0),
          })),
        );
      });
      return queries;
    };
    assert.equal(await count(100), await count(2));
  });

  it('is heard by two tasks at the same time without either waiting for the other for ever', async () => {
    const phones = Array.from({ length: 40 }, (_, i) => `+1212555${String(100 + i).padStart(4, '0')}`);
    const all = phones.map((from, i) => inboundText(i, hours(0), { from }));
    await Promise.all([
      applyBatch(pool, texts, all),
      applyBatch(
        pool,
        dialog,
        all.toReversed().map((text) => batchAbout(text, 1, 'people')),
      ),
    ]);
    assert.deepEqual(await wrongConversations(database.adminPool), []);
    const { rows } = await database.adminPool.query(
      `SELECT count(*)::int AS open FROM conversation WHERE state = 'open' AND waiting = 1`,
    );
    assert.deepEqual(rows, [{ open: 40 }]);
  });

  it('counts for the keyword that it is, of each person the newest, in whatever order texts come', async () => {
    await insertSent(database.adminPool, [
      sent({}),
      sent({ phone: BO }),
      sent({ phone: BO, campaignId: CAMPAIGNS[2] ?? null, ours: OTHER_OURS }),
    ]);
    const said = [
      inboundText(1, hours(2), { body: ' yes! ' }),
      inboundText(2, hours(1), { body: 'NO' }),
      inboundText(3, hours(1), { from: BO, body: 'No.' }),
      inboundText(4, hours(3), { from: BO, body: 'yes please' }),
      inboundText(5, hours(4), { from: BO, body: 'YES', to: OTHER_OURS }),
    ];
    const versions = new Map<string, number>();
    const about = (text: (typeof said)[number]) => {
      const version = (versions.get(text.phoneNumber) ?? 0) + 1;
      versions.set(text.phoneNumber, version);
      return batchAbout(text, version, 'people');
    };
    for (const text of said) {
      await applyBatch(pool, texts, [text]);
      await applyBatch(pool, dialog, [about(text)]);
    }
    assert.deepEqual(await keywords(), {
      rows: [`0 ${ANA} yes`, `0 ${BO} no`],
      counted: ['0 0 yes 1', '0 1 no 1'],
    });
    // Who changes their mind is moved.
    const changed = inboundText(6, hours(5), { body: 'no' });
    await applyBatch(pool, dialog, [about(changed)]);
    await applyBatch(pool, texts, [changed]);
    await applyBatch(pool, texts, [changed]);
    assert.deepEqual((await keywords()).counted, ['0 0 no 1', '0 1 no 1']);
    const { rows } = await database.adminPool.query(
      'SELECT keyword FROM reply ORDER BY received_at, reply_id',
    );
    assert.deepEqual(rows.map(({ keyword }) => keyword).filter((keyword) => keyword === null).length, 2);
  });

  it('opens what was put off when its time has come, and says when the next is due', async () => {
    await applyBatch(pool, texts, [inboundText(1, hours(0)), inboundText(2, hours(0), { from: BO })]);
    await database.adminPool.query(
      `UPDATE conversation SET state = 'snoozed', snoozed_until = CASE phone_number WHEN $1 THEN $2::timestamptz ELSE $3 END`,
      [ANA, hours(1), hours(2)],
    );
    assert.deepEqual(await nextSnoozed(pool), hours(1));
    assert.equal(await wakeSnoozed(pool, hours(0), 10), 0);
    assert.equal(await wakeSnoozed(pool, hours(1), 10), 1);
    const [ana, bo] = [await conversation(ANA), await conversation(BO)];
    assert.deepEqual([ana.state, ana.snoozed_until, bo.state], ['open', null, 'snoozed']);
    assert.deepEqual(await nextSnoozed(pool), hours(2));
  });

  it('forgets what was said of texts that never came', async () => {
    await applyBatch(pool, dialog, [batchAbout(inboundText(1, hours(0)), 1, 'people')]);
    assert.equal(await forgetVerdicts(pool, 30, 10), 0);
    await database.adminPool.query(`UPDATE reply_verdict SET heard_at = now() - interval '31 days'`);
    assert.equal(await forgetVerdicts(pool, 30, 10), 1);
  });

  /** What happens in a test: we text somebody, or somebody texts us. */
  const anySent = fc.record({
    kind: fc.constant('sent' as const),
    phone: fc.constantFrom(ANA, BO, CY),
    ours: fc.constantFrom(OURS, OTHER_OURS),
    campaign: fc.option(fc.nat(2)),
    lesson: fc.boolean(),
    hour: fc.integer({ min: -1_000, max: 0 }),
    state: fc.constantFrom<SentText['state']>(
      ...GONE,
      'sent',
      'queued',
      'held',
      'failed',
      'blocked',
      'cancelled',
    ),
  });
  const anyText = fc.record({
    kind: fc.constant('text' as const),
    phone: fc.constantFrom(ANA, BO, CY),
    ours: fc.constantFrom(OURS, OTHER_OURS),
    hour: fc.integer({ min: -1_000, max: 0 }),
    body: fc.constantFrom('yes', 'NO!', 'Yes', 'no', 'something'),
    taken: fc.constantFrom<Verdict | 'consent' | null>(
      'lesson',
      'dialog',
      'people',
      'people',
      'consent',
      null,
    ),
  });
  const history = fc.record({
    happened: fc.array(fc.oneof(anySent, anyText), { minLength: 1, maxLength: 14 }),
    /** How streams bring it: which of the two goes on, how far, how often it dies or is repeated; or minutes go by. */
    steps: fc.array(
      fc.record({
        stream: fc.constantFrom<'texts' | 'dialog' | 'wait'>('texts', 'dialog', 'wait'),
        most: fc.integer({ min: 1, max: 5 }),
        dies: fc.boolean(),
        again: fc.boolean(),
      }),
      { maxLength: 20 },
    ),
    shuffle: fc.boolean(),
  });

  it('is on the contact who wrote it and the campaign that last texted that number, for arbitrary histories; kill and replay change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ happened, shuffle, steps }) => {
        await clear();
        const gone = happened
          .flatMap((each) => (each.kind === 'sent' ? [each] : []))
          .sort((a, b) => a.hour - b.hour);
        await insertSent(
          database.adminPool,
          gone.map(({ campaign, hour, lesson, ours, phone, state }) => ({
            phone,
            isLesson: lesson,
            ours,
            state,
            campaignId: campaign === null ? null : (CAMPAIGNS[campaign] ?? null),
            at: hours(hour),
          })),
        );
        // Texts come about in the order of their times, or as a sweep finds them.
        const came = happened.flatMap((each) => (each.kind === 'text' ? [each] : []));
        if (!shuffle) came.sort((a, b) => a.hour - b.hour);
        const commands = came.map((each, n) =>
          inboundText(n, hours(each.hour), {
            from: each.phone,
            to: each.ours,
            body: `${each.body}`,
            consent: each.taken === 'consent' ? 'help' : null,
          }),
        );
        const versions = new Map<string, number>();
        const batches = commands.flatMap((command, n) => {
          const taken = came[n]?.taken ?? null;
          if (taken === null) return [];
          const version = (versions.get(command.phoneNumber) ?? 0) + 1;
          versions.set(command.phoneNumber, version);
          return [batchAbout(command, version, taken)];
        });

        const done = { texts: 0, dialog: 0 };
        const go = async (step: (typeof steps)[number]): Promise<void> => {
          if (step.stream === 'wait') return void (await handOver());
          const from = done[step.stream];
          for (const dies of step.dies ? [true, false] : [false]) {
            if (step.stream === 'texts')
              await applyBatch(pool, texts, commands.slice(from, from + step.most), dies);
            else await applyBatch(pool, dialog, batches.slice(from, from + step.most), dies);
          }
          if (!step.again) done[step.stream] = from + step.most;
        };
        for (const step of steps) await go(step);
        const rest = { most: 1_000, dies: true, again: false } as const;
        done.texts = Math.min(done.texts, commands.length);
        await go({ stream: 'dialog', ...rest });
        await go({ stream: 'texts', ...rest });
        await handOver();
        // From the beginning: nothing is counted twice.
        Object.assign(done, { texts: 0, dialog: 0 });
        await go({ stream: 'texts', ...rest });
        await go({ stream: 'dialog', ...rest });

        const model = came.map(({ body, hour, ours, phone, taken }, n) => {
          const last = gone.findLast(
            (each) =>
              each.phone === phone &&
              each.ours === ours &&
              each.campaign !== null &&
              GONE.includes(each.state) &&
              each.hour * HOUR_MS <= hour * HOUR_MS + CLOCKS_DIFFER_MS &&
              hour - each.hour <= 30 * 24,
          );
          return {
            ...{ n, body, phone, hour, taken },
            campaign: last?.campaign ?? null,
            lesson: last?.lesson ?? false,
          };
        });
        const byId = new Map((await stored()).map((row) => [row.reply_id, row]));
        assert.equal(byId.size, commands.length);
        for (const { campaign, n, phone, taken } of model) {
          const row = byId.get(commands[n]?.commandId ?? '');
          assert.deepEqual(
            [row?.contact, row?.campaign_id, row?.taken_as],
            [phone === CY ? null : phone, campaign === null ? null : CAMPAIGNS[campaign], taken ?? 'untold'],
          );
        }
        const expected = new Map(
          [...(await repliedRows()).keys()].map((key) => [key, null as number | null]),
        );
        for (const { campaign, hour, lesson, phone, taken } of model) {
          const key = `${campaign} ${phone}`;
          const counts = taken === 'people' || taken === 'dialog' || (lesson && taken === 'lesson');
          if (!expected.has(key) || !counts) continue;
          expected.set(key, Math.min(expected.get(key) ?? Number.POSITIVE_INFINITY, hours(hour).getTime()));
        }
        assert.deepEqual(await repliedRows(), expected);
        const counted = new Map<string, number>();
        for (const [key, at] of expected) {
          const [campaign, phone] = key.split(' ');
          const count = `${campaign} ${phone === BO ? 1 : 0}`;
          if (at !== null) counted.set(count, (counted.get(count) ?? 0) + 1);
        }
        assert.deepEqual(await repliedCounts(), [...counted].map(([key, value]) => `${key} ${value}`).sort());
        const answers = new Map<string, { hour: number; keyword: string }>();
        for (const { body, campaign, hour, lesson, phone, taken } of model) {
          const keyword = /^(yes|no)!?$/i.exec(body)?.[1]?.toLowerCase();
          const counts = taken === 'people' || taken === 'dialog' || (lesson && taken === 'lesson');
          if (keyword === undefined || !counts || campaign === null || campaign === 2 || phone === CY)
            continue;
          const key = `${campaign} ${phone}`;
          const known = answers.get(key);
          const isNewer =
            known === undefined || hour > known.hour || (hour === known.hour && keyword > known.keyword);
          if (isNewer) answers.set(key, { hour, keyword });
        }
        const keyed = [...answers].map(([key, { keyword }]) => `${key} ${keyword}`).sort();
        const perKeyword = Object.entries(
          Object.groupBy(keyed, (each) => {
            const [campaign, phone, keyword] = each.split(' ');
            return `${campaign} ${phone === BO ? 1 : 0} ${keyword}`;
          }),
        ).map(([key, all]) => `${key} ${all?.length}`);
        assert.deepEqual(await keywords(), { rows: keyed, counted: perKeyword.sort() });
        assert.deepEqual(await wrongConversations(database.adminPool), []);
        for (const phone of [ANA, BO]) {
          const said = model.filter((each) => each.phone === phone && each.taken !== 'consent');
          const newest = Math.max(...said.map(({ hour }) => hour));
          const last = await lastReply(phone);
          if (said.length === 0) assert.equal(last, null);
          else
            assert.ok(
              said.some(({ body, hour }) => hour === newest && last === body),
              `${last}`,
            );
        }
        const left = await database.adminPool.query('SELECT FROM reply_verdict');
        assert.equal(left.rowCount, 0);
      }),
      { numRuns: runs(60) },
    );
  });
});
