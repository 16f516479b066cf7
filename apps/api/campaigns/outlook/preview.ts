import { readMembers } from '#shared/campaigns/read-audience.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { readFields } from '#shared/contacts/store.ts';
import { csvLine } from '#shared/csv/line.ts';
import type { LinkMaker } from '#shared/links/token.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { Problem } from '../../http/problem.ts';
import { type PreviewRow, previewer } from './row.ts';
import type { shown } from './schemas.ts';

type Shown = (typeof shown)[number];

/** Contacts that one page looks at, whatever it finds. */
const LOOKED_AT = 2_000;
const EXPORTED_AT_ONCE = 1_000;

const isShown: Readonly<Record<Shown, (row: PreviewRow) => boolean>> = {
  all: () => true,
  encoding: ({ changedBy }) => changedBy.length > 0,
  missing: ({ skipped }) => skipped !== null,
};

/** What contacts of the audience would get, in the order of their ids. `lookedTo`: where to go on; null: nobody is left. */
export async function previewPage(
  db: Queryable,
  campaign: Campaign,
  links: LinkMaker | null,
  { after, limit, show }: { after: string | null; limit: number; show: Shown },
): Promise<{ rows: PreviewRow[]; lookedTo: string | null }> {
  const most = show === 'all' ? limit : LOOKED_AT;
  const members = await membersOf(db, campaign, after, most + 1);
  const row = previewer(campaign.campaignId, campaign.definition, links);
  const rows: PreviewRow[] = [];
  for (const [index, member] of members.entries()) {
    // It is read only to see whether there is one.
    if (index === most || rows.length === limit)
      return { rows, lookedTo: members[index - 1]?.contactId ?? null };
    const each = row(member);
    if (isShown[show](each)) rows.push(each);
  }
  return { rows, lookedTo: null };
}

/** All of them as CSV, in the memory of one page. Texts that a spreadsheet would compute begin with an apostrophe. */
export async function* exportPreview(
  db: Queryable,
  campaign: Campaign,
  links: LinkMaker | null,
): AsyncGenerator<string> {
  const row = previewer(campaign.campaignId, campaign.definition, links);
  let members = await membersOf(db, campaign, null, EXPORTED_AT_ONCE);
  yield csvLine([
    ...['contact_id', 'phone_number', 'variant', 'language', 'body', 'skipped', 'missing'],
    ...['encoding', 'segments', 'units', 'encoding_changed_by'],
  ]);
  for (;;) {
    const last = members.at(-1);
    if (last === undefined) return;
    yield members.map((member) => lineOf(row(member))).join('');
    members = await membersOf(db, campaign, last.contactId, EXPORTED_AT_ONCE);
  }
}

const lineOf = (row: PreviewRow): string =>
  csvLine([
    row.contactId,
    row.phoneNumber,
    String(row.variant),
    row.language,
    { text: row.body },
    row.skipped,
    row.missing.join(';'),
    row.encoding,
    String(row.segments),
    String(row.units),
    { text: row.changedBy.join('') },
  ]);

async function membersOf(db: Queryable, campaign: Campaign, after: string | null, limit: number) {
  const read = await readMembers(db, campaign, await readFields(db), { after, limit, waiting: false });
  if (read.kind === 'faults') throw audienceFault(read.reason);
  return read.members;
}

export const audienceFault = (reason: string): Problem =>
  new Problem('conflict', `The audience cannot be looked at: ${reason}`);
