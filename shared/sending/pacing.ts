import type { PacedRequest } from '#shared/pacing/buckets.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { Message } from './message-state.ts';

/** A message with the tokens that were taken for it. */
export interface Paced {
  message: Message;
  request: PacedRequest;
}

export interface PaceResult {
  /** May go as far as rates are concerned. */
  go: readonly Paced[];
  /** Wait for a moment, each for so many ms. */
  waiting: readonly { message: Message; ms: number }[];
  /** Their rows were changed: they come back at their due time. */
  held: readonly Message[];
}

/** At which pace messages of a channel may go. */
export interface Pacing {
  /** For one claim, in its transaction. */
  beginClaim(): ClaimPacing;
}

/** Asked in a claim, before the gate, and again for what is behind what the gate stops. */
export interface ClaimPacing {
  /** One message of each phone, whose rows are locked. `now`: business time. */
  pace(tx: Transaction, candidates: readonly Message[], now: Date): Promise<PaceResult>;
  /** Of what did not go after all. */
  giveBack(requests: readonly PacedRequest[]): void;
}
