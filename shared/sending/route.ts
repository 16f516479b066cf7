import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { CARRIER_NOT_SET_UP, CARRIER_PAUSED } from '#shared/senders/rules.ts';
import type { CarrierPass } from './carrier-watches.ts';
import { type Hold, holdMessages } from './hold.ts';
import type { Message } from './message-state.ts';

/** Carriers beside the first. A message goes through that of its number. */
export interface OtherRoutes {
  /** Those that are set up. */
  carriers: readonly CarrierName[];
  /** At which carrier numbers of ours are, of those that we know; in one statement. */
  carriersOf: CarriersOf;
  /** For how long what cannot go because of its carrier waits until it is looked at again, in ms. */
  haltHoldMs: number;
}

export type CarriersOf = (
  tx: Transaction,
  senderNumbers: readonly string[],
) => Promise<ReadonlyMap<string, CarrierName>>;

/** Longer than the pause of a carrier may end sooner, shorter than anybody minds. */
const LEAST_PAUSE_MS = 1_000;

export interface Routed {
  /** May go as far as their carriers are concerned. */
  go: readonly Message[];
  /** Their rows were changed: they come back at their due time. */
  held: readonly Message[];
}

/**
 * The carriers of messages in one claim, and how many may still go through each. What belongs to a carrier that pauses is
 * held, so that it does not fill our hands while the others flow; what belongs to one that is not set up is held as well.
 */
export class Router {
  readonly #first: CarrierName;
  readonly #others: OtherRoutes | undefined;
  readonly #passes: ReadonlyMap<CarrierName, CarrierPass>;
  readonly #room = new Map<CarrierName, number>();
  readonly #known = new Map<string, CarrierName>();

  /** `passes`: of carriers that do not flow. */
  constructor(
    first: CarrierName,
    others: OtherRoutes | undefined,
    passes: ReadonlyMap<CarrierName, CarrierPass>,
  ) {
    this.#first = first;
    this.#others = others;
    this.#passes = passes;
    for (const [carrier, { room }] of passes) this.#room.set(carrier, room);
  }

  /** Of a message that was routed. */
  carrierOf({ senderNumber }: Pick<Message, 'senderNumber'>): CarrierName {
    return this.#known.get(senderNumber) ?? this.#first;
  }

  /** Whether a message may go without being counted against what a carrier takes now. */
  flows(message: Pick<Message, 'senderNumber'>): boolean {
    const carrier = this.carrierOf(message);
    return this.#isSetUp(carrier) && !this.#passes.has(carrier);
  }

  /** `now`: business time. The phones of the messages are locked. */
  async route(tx: Transaction, messages: readonly Message[], now: Date): Promise<Routed> {
    await this.know(tx, messages);
    const go: Message[] = [];
    const holds: Hold[] = [];
    for (const message of messages) {
      const hold = this.#stopOf(this.carrierOf(message));
      if (hold === null) go.push(message);
      else holds.push({ message, rule: hold.rule, until: new Date(now.getTime() + hold.ms) });
    }
    await holdMessages(tx, holds);
    return { go, held: holds.map(({ message }) => message) };
  }

  /** Looks up the carriers of numbers that it has not seen. */
  async know(tx: Transaction, messages: readonly Pick<Message, 'senderNumber'>[]): Promise<void> {
    if (this.#others === undefined) return;
    const numbers = [...new Set(messages.map(({ senderNumber }) => senderNumber))];
    const unseen = numbers.filter((number) => !this.#known.has(number));
    if (unseen.length === 0) return;
    for (const [number, carrier] of await this.#others.carriersOf(tx, unseen))
      this.#known.set(number, carrier);
  }

  #isSetUp(carrier: CarrierName): boolean {
    return carrier === this.#first || (this.#others?.carriers.includes(carrier) ?? false);
  }

  #stopOf(carrier: CarrierName): { rule: string; ms: number } | null {
    if (!this.#isSetUp(carrier)) {
      return { rule: CARRIER_NOT_SET_UP, ms: this.#others?.haltHoldMs ?? LEAST_PAUSE_MS };
    }
    const pass = this.#passes.get(carrier);
    if (pass === undefined) return null;
    const room = this.#room.get(carrier) ?? 0;
    if (room > 0) {
      this.#room.set(carrier, room - 1);
      return null;
    }
    return { rule: CARRIER_PAUSED, ms: Math.max(LEAST_PAUSE_MS, Math.ceil(pass.waitMs ?? LEAST_PAUSE_MS)) };
  }
}
