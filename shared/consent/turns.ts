import type { Queryable } from '#shared/postgres/pool.ts';
import { WHOLE_SENDER } from './change.ts';

/** A change of everything that one phone gets, as far as others are lifted by it or it is lifted. */
export interface Turn {
  changeId: string;
  /** Order of the changes of one phone. */
  position: number;
  /** Whether it lifts; else it revokes. */
  opens: boolean;
  requestedAt: Date;
  foundLate: boolean;
}

interface TurnRow {
  change_id: string;
  phone_number: string;
  position: number;
  opens: boolean;
  requested_at: Date;
  found_late: boolean;
}

/** The turns of these phones, oldest first. Few people have more than a handful. */
export async function readTurns(db: Queryable, phones: readonly string[]): Promise<Map<string, Turn[]>> {
  const { rows } = await db.query<TurnRow>(
    `SELECT change_id, phone_number, position, requested_at, found_late, status = 'opted_in' AS opens
       FROM consent_change
      WHERE phone_number = ANY ($1) AND scope = $2 AND (status <> 'opted_in' OR method <> 'import')
      ORDER BY position`,
    [phones, WHOLE_SENDER],
  );
  const byPhone = new Map<string, Turn[]>();
  for (const row of rows) {
    const turns = byPhone.get(row.phone_number) ?? [];
    turns.push({
      changeId: row.change_id,
      position: row.position,
      opens: row.opens,
      requestedAt: row.requested_at,
      foundLate: row.found_late,
    });
    byPhone.set(row.phone_number, turns);
  }
  return byPhone;
}

/**
 * Whether a revocation has been lifted by an opt-in since, under the rule by which an opt-in lifts anything
 * (`standing.ts`); also when the person has revoked again after that. It is owed no confirmation any more. False for one
 * that is not among the turns.
 */
export function isLifted(revocationId: string, turns: readonly Turn[]): boolean {
  const revocation = turns.find(({ changeId, opens }) => !opens && changeId === revocationId);
  return revocation !== undefined && turns.some((turn) => undoes(turn, revocation));
}

/**
 * Whether somebody who hears of changes in another order than they were recorded in has heard of one already that undoes
 * this one, and must not follow it any more. False for one that is not among the turns.
 */
export function isOvertaken(
  changeId: string,
  turns: readonly Turn[],
  isHeard: (changeId: string) => boolean,
): boolean {
  const own = turns.find((turn) => turn.changeId === changeId);
  return own !== undefined && turns.some((turn) => isHeard(turn.changeId) && undoes(turn, own));
}

/** Whether a turn takes back what one before it did. A revocation always does. */
function undoes(turn: Turn, before: Turn): boolean {
  if (turn.opens === before.opens || turn.position <= before.position) return false;
  if (!turn.opens) return true;
  return turn.foundLate ? turn.requestedAt > before.requestedAt : turn.requestedAt >= before.requestedAt;
}
