import { readFields } from '#shared/contacts/store.ts';
import { storeAsOf } from '#shared/contacts/store-as.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { Standing } from './check.ts';
import { readProgrammes, readPublishedDrills } from './read.ts';

/** All that a change of content is checked against. */
export const readStanding = async (db: Queryable): Promise<Standing> => ({
  drills: await readPublishedDrills(db),
  programmes: await readProgrammes(db),
  contactFields: (await readFields(db)).map(({ name }) => storeAsOf(name)),
  whatsAppSenders: await readWhatsAppSenders(db),
});

async function readWhatsAppSenders(db: Queryable): Promise<Set<string>> {
  const { rows } = await db.query<{ sender_number: string }>(
    `SELECT sender_number FROM sender WHERE type = 'whatsapp'`,
  );
  return new Set(rows.map(({ sender_number }) => sender_number));
}
