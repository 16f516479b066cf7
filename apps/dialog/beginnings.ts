import { beginningOf, sharedFields } from '#shared/contacts/exchange.ts';
import { readSharedContacts } from '#shared/contacts/news.ts';
import { readFields } from '#shared/contacts/store.ts';
import type { ProfileChange } from '#shared/contracts/profile.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * What contacts say of people with whom there is no dialog yet: they are spoken to in their language and by their name from
 * the first word on. Of somebody who was erased only a contact that was made since counts: the one before is on its way out.
 */
export async function readBeginnings(
  tx: Transaction,
  phones: readonly PhoneNumber[],
  erased: ReadonlyMap<string, { erasedAt: Date }>,
): Promise<ReadonlyMap<string, ProfileChange>> {
  const contacts = [...(await readSharedContacts(tx, phones)).values()].filter(
    ({ createdAt, phoneNumber }) => createdAt > (erased.get(phoneNumber)?.erasedAt ?? NEVER),
  );
  if (contacts.length === 0) return new Map();
  const shared = sharedFields(await readFields(tx));
  return new Map(contacts.map((contact) => [contact.phoneNumber, beginningOf(contact, shared)]));
}

const NEVER = new Date(0);
