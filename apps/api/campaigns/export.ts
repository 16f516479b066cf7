import type { Campaign } from '#shared/campaigns/store.ts';
import { csvLine } from '#shared/csv/line.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { wireContact } from './contact-schemas.ts';
import { listContacts, type Wanted } from './store.ts';

const PAGE_ROWS = 2_000;

const COLUMNS = [
  'contact_id',
  'phone_number',
  'variant',
  'state',
  'rule',
  'says',
  'attempts',
  'message_id',
  'due_at',
  'replied_at',
  'step',
  'keyword',
] as const;

/**
 * Contacts of a campaign as CSV, a page of them at a time, in the order of their ids: in the memory of one page, whatever the
 * length. It is no snapshot: what moves while it is written may be in either place. `waits`: as `wireContact` has it.
 */
export async function* exportCampaignContacts(
  db: Queryable,
  campaign: Pick<Campaign, 'definition' | 'type'>,
  wanted: Wanted,
  waits: string | null,
  pageRows = PAGE_ROWS,
): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  let after: string | null = null;
  for (;;) {
    const rows: Awaited<ReturnType<typeof listContacts>> = await listContacts(db, {
      ...wanted,
      after,
      limit: pageRows,
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => lineOf(wireContact(row, campaign, waits), campaign)).join('');
    after = last.contact_id;
  }
}

/** What people and carriers named is a text; the rest is ours. */
const lineOf = (
  contact: ReturnType<typeof wireContact>,
  { definition }: Pick<Campaign, 'definition'>,
): string =>
  csvLine([
    contact.contactId,
    contact.phoneNumber,
    { text: definition.variants[contact.variant]?.name ?? String(contact.variant) },
    contact.state,
    { text: contact.rule },
    { text: contact.says },
    String(contact.attempts),
    contact.messageId,
    contact.dueAt,
    contact.repliedAt,
    contact.step === null ? null : String(contact.step),
    { text: contact.keyword },
  ]);
