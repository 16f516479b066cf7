import type { Clock } from '#shared/clock.ts';
import type { Logger } from '#shared/logger.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { SignIn } from '../identity/authenticate.ts';
import type { PhoneReferences } from './phone-reference.ts';
import type { RateLimit } from './rate-limit.ts';

/** As requests are counted: refused are those that were at fault themselves. */
export type Outcome = 'answered' | 'refused' | 'failed';

export interface ApiDeps {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  /** Hears of every answer, and how long it took. */
  answered(outcome: Outcome, ms: number): void;
  /** Hears that a change has committed: what it left in the outbox can go. */
  changed(): void;
  /** In the order in which they are tried. */
  signIn: readonly SignIn[];
  rateLimit: RateLimit;
  /** What stands for phone numbers in addresses. */
  references: PhoneReferences;
  /** Whether replies are checked against their schemas: a fault then is a 500. For tests; costs time. */
  checkReplies: boolean;
}
