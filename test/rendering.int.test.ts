import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linkMaker } from '#shared/links/token.ts';
import { runs } from '#test/properties/runs.ts';
import { nextDue, takeTurn } from '../apps/campaigns/orchestrate.ts';
import { insertCampaign, insertContacts, MORNING, testParts } from '../apps/campaigns/test-campaigns.ts';
import { SenderBench } from '../apps/sender/test-bench.ts';
import { anyCodePoint } from './code-points.ts';
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
const FIELDS = ['a', 'clinic', 'next_visit_2'] as const;
const PEOPLE = 5;

type Part =
  | { kind: 'words'; words: string }
  | { kind: 'field'; name: string; fallback: string | null; before: string; behind: string }
  /** With a value in its query, or none. */
  | { kind: 'link'; path: string; name: string | null };

/** Braces stand alone in it, as people write them; two would be a placeholder. No links: those are parts of their own. */
const words = fc
  .string({ unit: fc.constantFrom(...'abz 09.,;:!?\'"#$&\\|/{}\nñ€漢😀'), maxLength: 12 })
  .filter((text) => !/\{\{|\}\}/.test(text));
const spaces = fc.constantFrom('', ' ', '  ');
const name = fc.constantFrom(...FIELDS);
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant('words' as const), words }),
  fc.record({
    kind: fc.constant('field' as const),
    name,
    fallback: fc.option(fc.string({ unit: fc.constantFrom(...'ab |$\\ñ漢😀'), maxLength: 8 }), {
      nil: null,
      freq: 2,
    }),
    before: spaces,
    behind: spaces,
  }),
  fc.record({
    kind: fc.constant('link' as const),
    path: fc.stringMatching(/^[a-z0-9-]{1,8}$/),
    name: fc.option(name, { nil: null }),
  }),
);
/** Anything that can be stored, as people type it, or missing, or blank. */
const value = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: anyCodePoint, minLength: 1, maxLength: 12 }) },
  { weight: 2, arbitrary: fc.constantFrom('{{a}}', '{{clinic|x}}', '$& $1', 'https://example.com/x', ' ') },
  { weight: 2, arbitrary: fc.constant(null) },
);
const storable = (text: string | null): string | null => text?.toWellFormed().replaceAll('\0', '') ?? null;
const person = fc.record({ a: value, clinic: value, next_visit_2: value }).map((values) => ({
  a: storable(values.a),
  clinic: storable(values.clinic),
  next_visit_2: storable(values.next_visit_2),
}));
type Person = Record<string, string | null>;

const isBlank = (text: string | null | undefined): boolean => (text ?? '').trim() === '';

/** As an author writes it. A link stands between spaces; the marks keep the whole from being blank. */
const written = (parts: readonly Part[]): string =>
  `<${parts
    .map((each) => {
      if (each.kind === 'words') return each.words;
      if (each.kind === 'link')
        return ` https://example.org/${each.path}${each.name === null ? '' : `?v={{${each.name}}}`} `;
      const fallback = each.fallback === null ? '' : `|${each.fallback}`;
      return `{{${each.before}${each.name}${each.behind}${fallback}}}`;
    })
    .join('')}>`;

/** What somebody is to get, with the addresses that its short links lead to in their places; or the first value that they lack. */
function expectedFor(parts: readonly Part[], values: Person, short: (url: string) => string) {
  const missing: string[] = [];
  const text = parts
    .map((each) => {
      if (each.kind === 'words') return each.words;
      const known = each.name === null ? null : values[each.name];
      const isMissing = each.name !== null && isBlank(known);
      if (isMissing && (each.kind === 'link' || each.fallback === null)) missing.push(each.name ?? '');
      if (each.kind === 'field') return isMissing ? (each.fallback ?? '').trim() : known;
      const query = each.name === null ? '' : `?v=${known}`;
      return ` ${short(new URL(`https://example.org/${each.path}${query}`).href)} `;
    })
    .join('');
  return missing.length > 0 ? { missing: missing[0] } : { text: `<${text}>` };
}

/** No two parts make up a placeholder, or more of a link, that neither is. */
const isPlain = (parts: readonly Part[]): boolean => {
  const rest = written(parts)
    .replace(/ https:\/\/example\.org\/[a-z0-9-]+(\?v=\{\{[a-z0-9_]+\}\})? /g, ' ')
    .replace(/\{\{ *[a-z][a-z0-9_]* *(\|[^{}]*)?\}\}/g, '.');
  const pieces = parts.map((each) => (each.kind === 'words' ? each.words : each.kind === 'link' ? ' ' : '.'));
  return rest === `<${pieces.join('')}>` && !/\{\{|\}\}/.test(rest);
};

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
        fc.array(part, { minLength: 1, maxLength: 8 }).filter(isPlain),
        fc.array(person, { minLength: PEOPLE, maxLength: PEOPLE }),
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

/** Where links stay as they are, a value stands in one as it was given. */
function plain(parts: readonly Part[], values: Person, url: string): string {
  for (const each of parts) {
    if (each.kind !== 'link') continue;
    const verbatim = `https://example.org/${each.path}${each.name === null ? '' : `?v=${values[each.name]}`}`;
    if (new URL(verbatim).href === url) return verbatim;
  }
  return url;
}
