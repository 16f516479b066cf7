import { type AudiencePage, type AudiencePart, readPage } from '#shared/campaigns/read-audience.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import type { ContactField } from '#shared/contacts/fields.ts';
import { readFields } from '#shared/contacts/store.ts';
import { csvLine } from '#shared/csv/line.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { Problem } from '../../http/problem.ts';
import { type PreviewParts, type PreviewRow, previewer } from './row.ts';
import type { shown } from './schemas.ts';

type Shown = (typeof shown)[number];

/** Texts that one page writes to find those that it shows. */
const WRITTEN = 2_000;
/** Statements of one page: each looks at so many contacts as one can, whoever of them is in the audience. */
const MOST_STATEMENTS = 10;
const EXPORTED_AT_ONCE = 1_000;

const isShown: Readonly<Record<Shown, (row: PreviewRow) => boolean>> = {
  all: () => true,
  encoding: ({ changedBy }) => changedBy.length > 0,
  missing: ({ skipped }) => skipped !== null,
};

/**
 * What contacts of the audience would get, in the order of their ids. It may find fewer than it may show, or none, of a
 * large audience. `lookedTo`: where to go on; null: nobody is left.
 */
export async function previewPage(
  db: Queryable,
  campaign: Campaign,
  parts: PreviewParts,
  { after, limit, show, step }: { after: string | null; limit: number; show: Shown; step: number | null },
): Promise<{ rows: PreviewRow[]; lookedTo: string | null }> {
  const row = previewer(campaign, parts);
  const fields = await readFields(db);
  const rows: PreviewRow[] = [];
  let lookedTo = after;
  let left = show === 'all' ? limit : WRITTEN;
  for (let statements = 0; statements < MOST_STATEMENTS && left > 0; statements += 1) {
    const page = await pageOf(db, campaign, fields, { after: lookedTo, limit: left });
    for (const [index, member] of page.members.entries()) {
      // Who is under way on a ladder is shown in the step that is asked about.
      const each = row({ ...member, step });
      if (!isShown[show](each)) continue;
      rows.push(each);
      if (rows.length < limit) continue;
      return { rows, lookedTo: index === page.members.length - 1 ? page.lookedTo : member.contactId };
    }
    lookedTo = page.lookedTo;
    if (lookedTo === null) break;
    left -= page.members.length;
  }
  return { rows, lookedTo };
}

/** All of them as CSV, in the memory of one page. Texts that a spreadsheet would compute begin with an apostrophe. */
export async function* exportPreview(
  db: Queryable,
  campaign: Campaign,
  parts: PreviewParts,
): AsyncGenerator<string> {
  const row = previewer(campaign, parts);
  const fields = await readFields(db);
  const part = (after: string | null) => pageOf(db, campaign, fields, { after, limit: EXPORTED_AT_ONCE });
  // What cannot be looked at is said before the answer begins.
  let page = await part(null);
  yield csvLine([
    ...['contact_id', 'phone_number', 'variant', 'language', 'body', 'skipped', 'missing'],
    ...['encoding', 'segments', 'units', 'encoding_changed_by', 'seconds'],
  ]);
  for (;;) {
    if (page.members.length > 0) yield page.members.map((member) => lineOf(row(member))).join('');
    if (page.lookedTo === null) return;
    page = await part(page.lookedTo);
  }
}

const lineOf = (row: PreviewRow): string =>
  csvLine([
    row.contactId,
    row.phoneNumber,
    String(row.variant),
    { text: row.language },
    { text: row.body },
    row.skipped,
    row.missing.join(';'),
    row.encoding,
    String(row.segments),
    String(row.units),
    { text: row.changedBy.join('') },
    row.call === null ? null : String(row.call.seconds),
  ]);

async function pageOf(
  db: Queryable,
  campaign: Campaign,
  fields: readonly ContactField[],
  part: AudiencePart,
): Promise<Extract<AudiencePage, { kind: 'members' }>> {
  const read = await readPage(db, campaign, fields, part);
  if (read.kind === 'faults') throw audienceFault(read.reason);
  return read;
}

export const audienceFault = (reason: string): Problem =>
  new Problem('conflict', `The audience cannot be looked at: ${reason}`);
