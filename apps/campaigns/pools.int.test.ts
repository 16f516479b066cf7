import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CampaignCommand } from '#shared/campaigns/lifecycle.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { nextDue, takeTurn } from './orchestrate.ts';
import { insertCampaign, insertContacts, MORNING, ofCalls, sendQueued, testParts } from './test-campaigns.ts';

type Kind = 'sms' | 'voice' | 'hybrid';
type Event =
  | { do: 'begin'; kind: Kind }
  | { do: 'tell'; kind: Kind; which: number; command: CampaignCommand }
  | { do: 'wait'; seconds: number };

const anyKind = fc.constantFrom<Kind>('sms', 'sms', 'voice', 'hybrid');
/** Texts and calls that follow each other have a place among calls. */
const poolOf = (kind: Kind): 'sms' | 'voice' => (kind === 'sms' ? 'sms' : 'voice');
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ do: fc.constant('begin' as const), kind: anyKind }),
  fc.record({
    do: fc.constant('tell' as const),
    kind: anyKind,
    which: fc.nat({ max: 4 }),
    command: fc.constantFrom<CampaignCommand>('pause', 'resume', 'stop'),
  }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 10 }) }),
);

const anyPool = fc.constantFrom('sms' as const, 'voice' as const);

const [variant] = ofCalls.variants;
const definitionOf: Record<Kind, object> = {
  sms: {},
  voice: ofCalls,
  hybrid: {
    variants: [{ ...variant, bodies: { en: 'Hi {{first_name}}, will you come?' } }],
    call: ofCalls.call,
    ladder: [
      { channel: 'sms' },
      { channel: 'voice', after: ['undelivered', 'unreachable', 'no_reply'], answerWithinMinutes: 5 },
    ],
  },
};

/** Of each pool, as many at once as there are slots for. */
const SLOTS = 2;
/** More campaigns of each pool are begun than there are slots for: those of one would show in the other. */
const CROWDED: Event[] = [
  ...(['sms', 'voice', 'sms', 'hybrid', 'voice', 'sms'] as const).map(
    (kind): Event => ({ do: 'begin', kind }),
  ),
  { do: 'wait', seconds: 10 },
];

describe('Pools of campaigns', () => {
  let database: TestDatabase;
  let pool: Pool;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());

  /** What becomes of the campaigns of one pool after each event, and how much of them is sent. */
  async function storyOf(
    of: 'sms' | 'voice',
    events: readonly Event[],
    include: string[],
  ): Promise<unknown[]> {
    await emptyTables(
      pool,
      'campaign, campaign_contact, campaign_count, campaign_step, phone, message, outbox, decision, decision_inputs',
    );
    const clock = new ManualClock(MORNING);
    const parts = testParts(clock, { slots: { sms: SLOTS, voice: SLOTS }, batchSize: 10 });
    const ids: Record<Kind, string[]> = { sms: [], voice: [], hybrid: [] };
    const story: unknown[] = [];
    for (const event of events) {
      // Who waits in the same millisecond has no order.
      await clock.advance(1);
      if (event.do === 'begin') {
        const definition = { messagesPerSecond: 1, ...definitionOf[event.kind] };
        ids[event.kind].push(
          await insertCampaign(pool, clock.now(), { include, definition, type: event.kind }),
        );
      } else if (event.do === 'tell') {
        const id = ids[event.kind][event.which];
        if (id !== undefined)
          await inTransaction(pool, (tx) => tellCampaign(tx, id, event.command, { now: clock.now() }));
      } else await clock.advance(event.seconds * 1_000);
      for (let due = await nextDue(pool); due !== null && due <= clock.now(); due = await nextDue(pool)) {
        if ((await takeTurn(pool, parts)) === null) break;
      }
      await sendQueued(pool);
      const { rows } = await pool.query<{ id: string; status: string; sent: number }>(
        `SELECT campaign_id AS id, status, (SELECT count(*)::int FROM message
                 WHERE message.campaign_id = campaign.campaign_id AND message.state = 'sent') AS sent FROM campaign`,
      );
      const known = new Map(rows.map((row) => [row.id, row]));
      const ours = (['sms', 'voice', 'hybrid'] as const)
        .filter((kind) => poolOf(kind) === of)
        .flatMap((kind) => ids[kind]);
      story.push(ours.map((id) => [known.get(id)?.status, known.get(id)?.sent]));
    }
    return story;
  }

  it('keep out of each other: calls change nothing of what texts start and send, and the reverse', async () => {
    const include = [await insertContacts(pool, 12)];
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 4, maxLength: 16 }), anyPool, async (events, of) => {
        // The same events, but that the campaigns of the other pool are never begun.
        const alone = events.map(
          (event): Event =>
            event.do !== 'wait' && poolOf(event.kind) !== of ? { do: 'wait', seconds: 0 } : event,
        );
        const story = await storyOf(of, events, include);
        assert.deepEqual(story, await storyOf(of, alone, include));
      }),
      {
        numRuns: runs(24),
        examples: [
          [CROWDED, 'sms'],
          [CROWDED, 'voice'],
        ],
      },
    );
  }).timeout(300_000);
});
