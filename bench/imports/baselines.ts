import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { from as copyFrom } from 'pg-copy-streams';
import { v7 } from 'uuid';
import { validPhoneNumber } from '#shared/phone/valid-phone-number.ts';
import type { Pool } from '#shared/postgres/pool.ts';

/** A row of a file of contacts, in the order of its columns. */
type Cells = [
  phone: string,
  name: string,
  language: string,
  zone: string,
  state: string,
  zip: string,
  id: string,
  tags: string,
];

interface Contact {
  phoneNumber: string;
  cells: Cells;
}

/** Rows as they are read, with their numbers checked as ours are. */
async function* contactsIn(file: AsyncIterable<Buffer>): AsyncGenerator<Contact> {
  for await (const cells of Readable.from(file).pipe(parse({ from: 2 })) as AsyncIterable<Cells>) {
    const phoneNumber = validPhoneNumber(cells[0], { country: 'US' });
    if (phoneNumber !== null) yield { phoneNumber, cells };
  }
}

const INSERT_ONE = `
INSERT INTO contact (contact_id, phone_number, name, language, time_zone, state, postal_code, external_id, tags,
                     created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), now())
ON CONFLICT (phone_number) DO UPDATE
   SET name = excluded.name, language = excluded.language, time_zone = excluded.time_zone, state = excluded.state,
       postal_code = excluded.postal_code, external_id = excluded.external_id, tags = excluded.tags, updated_at = now()`;

/** What one writes first: a statement for each row as it is read, prepared, committed each by itself. */
export async function importRowByRow(pool: Pool, file: AsyncIterable<Buffer>): Promise<void> {
  const client = await pool.connect();
  try {
    for await (const { cells, phoneNumber } of contactsIn(file)) {
      const [, name, language, zone, state, zip, id, tags] = cells;
      const values = [v7(), phoneNumber, name, language, zone, state, zip, id, tags.split(';')];
      await client.query({ name: 'insert-contact', text: INSERT_ONE, values });
    }
  } finally {
    client.release();
  }
}

/**
 * The limit: one COPY of all rows into the same table with the same indexes, numbers checked as ours are. It looks for no row
 * that is there already, tells no fault, and leaves nothing behind when one row is wrong.
 */
export async function importByCopy(pool: Pool, file: AsyncIterable<Buffer>): Promise<void> {
  const client = await pool.connect();
  try {
    const into = client.query(
      copyFrom(
        `COPY contact (contact_id, phone_number, name, language, time_zone, state, postal_code, external_id, tags, created_at,
                       updated_at) FROM STDIN`,
      ),
    );
    await pipeline(copyLines(file), into);
  } finally {
    client.release();
  }
}

/** In COPY's text form, a thousand lines at a time. The rows of the benchmark hold nothing that would need an escape. */
async function* copyLines(file: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const now = new Date().toISOString();
  let lines: string[] = [];
  for await (const { cells, phoneNumber } of contactsIn(file)) {
    const [, name, language, zone, state, zip, id, tags] = cells;
    const list = `{${tags.replaceAll(';', ',')}}`;
    lines.push(`${[v7(), phoneNumber, name, language, zone, state, zip, id, list, now, now].join('\t')}\n`);
    if (lines.length < 1_000) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('');
}
