import type { ContactField } from '#shared/contacts/fields.ts';
import { csvLine } from '#shared/csv/line.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { Where } from './selection.ts';
import { type Contact, listContacts } from './store.ts';

const PAGE_ROWS = 2_000;

const OWN_COLUMNS = [
  'phone_number',
  'external_id',
  'name',
  'language',
  'time_zone',
  'state',
  'postal_code',
  'line_type',
  'tags',
] as const;

/**
 * Contacts that meet a condition as CSV, a page of them at a time, in the order of their ids: in the memory of one page,
 * whatever the length. It is no snapshot: what changes while it is written may or may not be in it. Tags are separated by
 * semicolons. Texts that a spreadsheet would compute begin with an apostrophe.
 */
export async function* exportContacts(
  db: Queryable,
  where: Where,
  fields: readonly ContactField[],
  pageRows = PAGE_ROWS,
): AsyncGenerator<string> {
  yield csvLine([...OWN_COLUMNS, ...fields.map(({ name }) => name), 'last_reply_at', 'created_at']);
  let after: string | null = null;
  for (;;) {
    const contacts: Contact[] = await listContacts(db, where, { after, limit: pageRows });
    const last = contacts.at(-1);
    if (last === undefined) return;
    yield contacts.map((contact) => contactLine(contact, fields)).join('');
    after = last.contactId;
  }
}

/** One contact, as a line of it. */
export const contactLine = (contact: Contact, fields: readonly ContactField[]): string =>
  csvLine([
    contact.phoneNumber,
    { text: contact.externalId },
    { text: contact.name },
    { text: contact.language },
    { text: contact.timeZone },
    { text: contact.state },
    { text: contact.postalCode },
    { text: contact.lineType },
    { text: contact.tags.join(';') },
    ...fields.map(({ name, type }) => {
      const value = Object.hasOwn(contact.attributes, name) ? contact.attributes[name] : undefined;
      const text = value === undefined ? null : String(value);
      // A number below zero is none that a spreadsheet would compute.
      return type === 'text' || type === 'choice' ? { text } : text;
    }),
    contact.lastReplyAt?.toISOString() ?? null,
    contact.createdAt.toISOString(),
  ]);
