import { setTimeout as delay } from 'node:timers/promises';
import { killServing } from '../driver/kills.ts';
import type { System } from '../driver/system.ts';

/**
 * Processes killed with SIGKILL while what is due is being done: what a service has in hand at that moment is seen from outside,
 * in the database.
 */

/** What each has in hand, as a statement that counts it. */
const IN_HAND = {
  progress: `SELECT count(*)::int AS count FROM outbox WHERE producer = 'progress'`,
  dialog: `SELECT count(*)::int AS count FROM outbox WHERE producer = 'dialog'`,
  outbound: `SELECT count(*)::int AS count FROM outbox WHERE producer = 'outbound'`,
  sender: `SELECT count(*)::int AS count FROM attempt WHERE state = 'posting'`,
} as const;
export type Victim = keyof typeof IN_HAND;
export const victims = Object.keys(IN_HAND) as readonly Victim[];

/** So much has to be due for a jump of time to be worth a kill. */
const LEAST_DUE = 5;
/** How long a kill waits for its victim to have something in hand. */
const PATIENCE_MS = 3_000;
const LOOK_MS = 2;

export interface KillPlan {
  /** Whom, one after another, then from the first again. */
  of: readonly Victim[];
  /** A kill at every so-many-th of the jumps behind which enough is due. */
  every: number;
  /** Most kills; left out: as many as come. */
  most?: number;
}

export class Killer {
  readonly #system: System;
  readonly #plan: KillPlan;
  #worthwhile = 0;
  readonly #kills: { victim: Victim; hit: boolean }[] = [];

  constructor(system: System, plan: KillPlan) {
    this.#system = system;
    this.#plan = plan;
  }

  /** Kills and of these those that had something in hand, by service. */
  get counts(): Record<string, number> {
    return Object.fromEntries(
      this.#plan.of.flatMap((name) => {
        const its = this.#kills.filter(({ victim }) => victim === name);
        return [
          [`kills of ${name}`, its.length],
          [`... with work in hand (${name})`, its.filter(({ hit }) => hit).length],
        ];
      }),
    );
  }

  /** Right after time has jumped: kills whoever's turn it is, if much is due. Resolves when it is dead. */
  async afterJump(now: Date): Promise<void> {
    const { every, most = Number.POSITIVE_INFINITY, of } = this.#plan;
    if (this.#kills.length >= most) return;
    const due = await this.#count('SELECT count(*)::int AS count FROM participant WHERE due_at <= $1', [now]);
    // Some of it may be done by now; what leaves for it is seen as well.
    const leaving = await this.#count('SELECT count(*)::int AS count FROM outbox', []);
    if (due + leaving < LEAST_DUE) return;
    this.#worthwhile += 1;
    if ((this.#worthwhile - 1) % every !== 0) return;
    const victim = of[this.#kills.length % of.length];
    if (victim === undefined) return;
    const hit = await this.#isSoon(async () => (await this.#count(IN_HAND[victim], [])) > 0);
    if (!(await killServing(this.#system, victim)))
      throw new Error(`${victim} does not serve, and nobody has killed it`);
    this.#kills.push({ victim, hit });
  }

  async #isSoon(look: () => Promise<boolean>): Promise<boolean> {
    const end = performance.now() + PATIENCE_MS;
    while (performance.now() < end) {
      if (await look()) return true;
      await delay(LOOK_MS);
    }
    return false;
  }

  async #count(sql: string, values: readonly unknown[]): Promise<number> {
    const { rows } = await this.#system.database.query<{ count: number }>(sql, [...values]);
    return rows[0]?.count ?? 0;
  }
}
