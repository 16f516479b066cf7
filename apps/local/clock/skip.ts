import type pg from 'pg';
import { behind, LIVE_MS, offsetAt } from '#shared/business-clock/jump.ts';
import {
  CLOCK_CHANNEL,
  type KeptClock,
  keptClock,
  readClock,
  readInstances,
} from '#shared/business-clock/store.ts';
import type { Clock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import type { Target } from './target.ts';

/**
 * One skip of business time, from the supervisor's side. Skips of one database happen one after another.
 *
 *   announced --all that live have acknowledged--> decided: all jump at `jumps_at` --all say that it is in force--> done
 *
 * Every participant knows of the skip before it is decided, and the decision gives an instant a little ahead, so that
 * all processes jump at the same instant of the machine's clock. An instance that died, or has been silent for LIVE_MS,
 * is not waited for: a process reads the clock before it does anything else. Until the decision nothing has changed;
 * afterwards nothing can fail: whoever comes late finds the decision in PostgreSQL.
 */
export interface SkipParts {
  /** A connection of the owner of the tables. */
  db: pg.ClientBase;
  /** The carrier simulator, which keeps time without a database: it acknowledges by answering. Both reject if it does not. */
  carrier: { ask(): Promise<void>; tell(clock: KeptClock): Promise<void> };
  isGone(pid: number): boolean;
  /** The machine's. */
  machine: Clock;
  /** Called when a step is committed, before anybody is waited for. */
  onStep?(step: 'announced' | 'decided'): void;
}

export type SkipResult =
  | { kind: 'refused'; problem: string }
  /** `late`: who did not say in time that it follows. */
  | { kind: 'skipped'; clock: KeptClock; late: string[] };

/**
 * From the decision to the jump, hundreds of times as long as the news of it takes; and twice as long as all took to
 * acknowledge the announcement, which on a busy machine is what the news of the decision takes as well.
 */
const LEAD_MS = 200;
const leadAfter = (heardMs: number): number => LEAD_MS + Math.round(2 * heardMs);
const POLL_MS = 15;
/** Longest wait for those that live: whoever does not follow for so long is silent for LIVE_MS as well, or gone. */
const PATIENCE_MS = 2 * LIVE_MS;
/** Serialises skips of the same database. */
const SKIP_LOCK = 7_311_403;

/** `target`: reads where to, from the business time at which the skip begins. Rejects when nothing was changed. */
export async function skip(parts: SkipParts, target: (now: number) => Target): Promise<SkipResult> {
  const { db, machine } = parts;
  await db.query('SELECT pg_advisory_lock($1)', [SKIP_LOCK]);
  try {
    const before = await readClock(db);
    const real = machine.machineTime().getTime();
    const offset = offsetAt(before, real);
    const wanted = target(real + offset);
    if (wanted.kind === 'refused') return wanted;
    return await skipBy(parts, wanted.at - real);
  } finally {
    await db.query('SELECT pg_advisory_unlock($1)', [SKIP_LOCK]);
  }
}

async function skipBy(parts: SkipParts, offsetMs: number): Promise<SkipResult> {
  const { carrier, db, machine, onStep } = parts;
  const announced = await announce(db, offsetMs);
  const announcedAt = machine.monotonic();
  onStep?.('announced');
  const [unheard] = await Promise.all([
    untilFollowed(parts, announced.version),
    untilAnswered(parts, () => carrier.ask()),
  ]);
  if (unheard.length > 0) {
    await withdraw(db);
    throw new CarillonError('unavailable', `time stays as it is: ${unheard.join(', ')} did not acknowledge`);
  }
  const clock = await decide(db, announced.version, leadAfter(machine.monotonic() - announcedAt));
  onStep?.('decided');
  const [late, told] = await Promise.all([
    untilFollowed(parts, clock.version),
    untilAnswered(parts, () => carrier.tell(clock)),
  ]);
  // Whoever waits for nobody is not to be early either.
  while (machine.machineTime().getTime() < clock.jumpsAt) await machine.sleep(POLL_MS);
  return { kind: 'skipped', clock, late: told ? late : [...late, 'carrier'] };
}

async function announce(db: pg.ClientBase, offsetMs: number): Promise<KeptClock> {
  return change(db, 'UPDATE business_clock SET version = version + 1, announced_ms = $1 RETURNING *', [
    offsetMs,
  ]);
}

/** The announcement comes to nothing. */
async function withdraw(db: pg.ClientBase): Promise<void> {
  await db.query('UPDATE business_clock SET announced_ms = NULL');
}

async function decide(db: pg.ClientBase, version: number, leadMs: number): Promise<KeptClock> {
  return change(
    db,
    `UPDATE business_clock
        SET version = version + 1, previous_ms = offset_ms, offset_ms = announced_ms, announced_ms = NULL,
            jumps_at = date_trunc('milliseconds', clock_timestamp()) + $2 * interval '1 millisecond'
      WHERE version = $1 RETURNING *`,
    [version, leadMs],
  );
}

/** The change and the word about it, in one transaction. */
async function change(db: pg.ClientBase, statement: string, values: unknown[]): Promise<KeptClock> {
  await db.query('BEGIN');
  try {
    const { rows } = await db.query(statement, values);
    const clock = keptClock(rows[0]);
    await db.query(`SELECT pg_notify($1, '')`, [CLOCK_CHANNEL]);
    await db.query('COMMIT');
    return clock;
  } catch (error) {
    await db.query('ROLLBACK');
    throw error;
  }
}

/** Waits for all that live to follow up to `version`. Returns those that still did not after PATIENCE_MS. */
async function untilFollowed({ db, isGone, machine }: SkipParts, version: number): Promise<string[]> {
  const end = machine.monotonic() + PATIENCE_MS;
  for (;;) {
    const waitedFor = behind(await readInstances(db), version, isGone);
    if (waitedFor.length === 0) return [];
    if (machine.monotonic() > end) return waitedFor.map(({ instance }) => instance);
    await machine.sleep(POLL_MS);
  }
}

/** Tries until it succeeds; false after LIVE_MS: the simulator is told by whoever starts it again. */
async function untilAnswered({ machine }: SkipParts, attempt: () => Promise<void>): Promise<boolean> {
  const end = machine.monotonic() + LIVE_MS;
  for (;;) {
    try {
      await attempt();
      return true;
    } catch {
      // Away, or on its way back: it ends by success or by time.
      if (machine.monotonic() > end) return false;
    }
    await machine.sleep(POLL_MS);
  }
}
