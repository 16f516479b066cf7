import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linkMaker } from '#shared/links/token.ts';
import { runs } from '#test/properties/runs.ts';
import { nextDue, takeTurn } from '../apps/campaigns/orchestrate.ts';
import { insertCampaign, insertContacts, MORNING, testParts } from '../apps/campaigns/test-campaigns.ts';
import { SenderBench } from '../apps/sender/test-bench.ts';
import { anyPart, anyPerson, expectedFor, isPlain, plain, written } from './any-text.ts';
import { eventually } from './eventually.ts';
import { ManualClock } from './manual-clock.ts';
import { testPseudonyms } from './pseudonyms.ts';
import { emptyTables } from './stack/empty-tables.ts';

/**
 * Whatever a text of a campaign is made of and whatever is known of people: what is stored, and what the carrier gets, is the
 * author's words with everybody's own values in their places, character by character. The composer, the dispatcher and the
 * sender, on a real database. What is expected is put together here, from the parts that the text was written of.
 */

const BASE = 'https://go.example.org';
const PEOPLE = 5;

describe('Texts of a campaign', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  after(() => bench.close());

  it('are stored and sent word for word, with everybody’s own values, defaults and short links', async () => {
    const seen = { texts: 0, missing: 0, links: 0, defaults: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPart, { minLength: 1, maxLength: 8 }).filter(isPlain),
        fc.array(anyPerson, { minLength: PEOPLE, maxLength: PEOPLE }),
        fc.boolean(),
        async (parts, people, isShort) => {
          const pool = bench.database.adminPool;
          await bench.reset();
          await emptyTables(
            pool,
            'campaign, campaign_contact, campaign_count, contact, contact_list, list_member, short_link',
          );
          bench.goTo(MORNING.getTime());
          const include = [await insertContacts(pool, PEOPLE)];
          await pool.query(
            `UPDATE contact SET attributes = given.attributes
               FROM unnest($1::jsonb[]) WITH ORDINALITY AS given(attributes, n)
              WHERE right(phone_number, 4)::int = given.n - 1`,
            [people.map((each) => JSON.stringify(each))],
          );
          const body = written(parts);
          await insertCampaign(pool, bench.clock.now(), {
            include,
            definition: { variants: [{ name: 'A', bodies: { en: body } }] },
          });
          const work = testParts(new ManualClock(MORNING), {
            clock: bench.clock,
            links: isShort ? linkMaker(BASE, testPseudonyms) : null,
          });
          const sender = bench.start();
          await eventually(async () => {
            const due = await nextDue(pool);
            if (due !== null && due > bench.clock.now())
              bench.skip(due.getTime() - bench.clock.now().getTime());
            await takeTurn(pool, work);
            await bench.handOver();
            const { rows } = await pool.query<{ status: string }>('SELECT status FROM campaign');
            assert.equal(rows[0]?.status, 'completed');
          });
          await sender.stop(3_000);
          const { rows } = await pool.query<{
            n: number;
            rule: string | null;
            body: string | null;
            links: Record<string, string> | null;
          }>(
            `SELECT right(each.phone_number, 4)::int AS n, each.rule, message.body,
                    (SELECT json_object_agg(url, token) FROM short_link WHERE short_link.message_id = each.message_id) AS links
               FROM campaign_contact AS each LEFT JOIN message USING (message_id) ORDER BY 1`,
          );
          for (const [n, values] of people.entries()) {
            const got = rows[n];
            const wanted = expectedFor(parts, values, (url) =>
              isShort ? `${BASE}/l/${got?.links?.[url]}` : plain(parts, values, url),
            );
            const atCarrier = bench.carrier.bodiesTo(`+1212555${String(n).padStart(4, '0')}`);
            if ('missing' in wanted) {
              seen.missing += 1;
              assert.deepEqual([got?.rule, got?.body, atCarrier], [`missing_${wanted.missing}`, null, []]);
            } else {
              seen.texts += 1;
              assert.deepEqual([got?.rule, got?.body, atCarrier], [null, wanted.text, [wanted.text]]);
            }
          }
          if (isShort && parts.some(({ kind }) => kind === 'link')) seen.links += 1;
          if (parts.some((each) => each.kind === 'field' && each.fallback !== null)) seen.defaults += 1;
          assert.deepEqual(bench.failures, []);
        },
      ),
      { numRuns: runs(30) },
    );
    for (const [what, times] of Object.entries(seen)) assert.ok(times > 3, `${what}: ${times}`);
  }).timeout(300_000);
});
