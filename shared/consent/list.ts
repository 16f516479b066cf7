import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { ConsentMethod, ConsentStatus } from './change.ts';

/** A line of a list of people by where they stand. */
export interface ListedStanding {
  phoneNumber: PhoneNumber;
  scope: string;
  status: ConsentStatus;
  method: ConsentMethod;
  requestedAt: Date;
  /** Of a pending request: the last day to honour it, US Eastern. */
  deadline: string | null;
  originalMessage: string | null;
  externalId: string | null;
  trackingId: string | null;
}

/** The last line of a page, from which the next one goes on. */
export type Cursor = Pick<ListedStanding, 'phoneNumber' | 'scope' | 'deadline'>;

/**
 * People who stand like this, at most `limit` after `cursor` (null: from the first): pending requests by their deadline,
 * soonest first, and everybody by phone number. `dueBy` (YYYY-MM-DD) keeps to requests that are due until then. Every
 * page costs the same, however far down it is.
 */
export async function listStandings(
  db: Queryable,
  wanted: { status: ConsentStatus; dueBy?: string; cursor: Cursor | null; limit: number },
): Promise<ListedStanding[]> {
  const { status, dueBy, cursor, limit } = wanted;
  const { rows } = await db.query<{
    phone_number: string;
    scope: string;
    status: ConsentStatus;
    method: ConsentMethod;
    requested_at: Date;
    deadline: string | null;
    original_message: string | null;
    external_id: string | null;
    tracking_id: string | null;
  }>(
    `SELECT standing.phone_number, standing.scope, standing.status, method, standing.requested_at,
            standing.deadline::text, original_message, external_id, tracking_id
       FROM consent_standing AS standing JOIN consent_change USING (change_id)
      WHERE standing.status = $1 AND standing.phone_number LIKE '+%' -- not of people who were erased
        AND coalesce(standing.deadline, 'infinity'::date) <= coalesce($2::date, 'infinity'::date)
        AND ($3::text IS NULL
             OR (coalesce(standing.deadline, 'infinity'::date), standing.phone_number, standing.scope)
              > (coalesce($4::date, 'infinity'::date), $3, $5))
      ORDER BY coalesce(standing.deadline, 'infinity'::date), standing.phone_number, standing.scope
      LIMIT $6`,
    [
      status,
      dueBy ?? null,
      cursor?.phoneNumber ?? null,
      cursor?.deadline ?? null,
      cursor?.scope ?? null,
      limit,
    ],
  );
  return rows.map((row) => ({
    phoneNumber: phoneNumber(row.phone_number),
    scope: row.scope,
    status: row.status,
    method: row.method,
    requestedAt: row.requested_at,
    deadline: row.deadline,
    originalMessage: row.original_message,
    externalId: row.external_id,
    trackingId: row.tracking_id,
  }));
}
