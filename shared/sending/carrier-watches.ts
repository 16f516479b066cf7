import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { CarrierWatch } from './carrier-watch.ts';
import type { Settlement } from './outcome.ts';

/** What a claim may do with the messages of a carrier that does not flow. */
export interface CarrierPass {
  /** How many may go: one, to try whether it flows again, or none. */
  room: number;
  /** How long until one may, in ms; null: that is being tried. */
  waitMs: number | null;
}

/** Carriers that do not flow, as a claim found them. */
export type Passes = ReadonlyMap<CarrierName, CarrierPass>;

/** The watches of a task, one for each carrier that is set up: what one carrier does never stops the others. */
export class CarrierWatches {
  readonly #watches: ReadonlyMap<CarrierName, CarrierWatch>;

  constructor(watches: ReadonlyMap<CarrierName, CarrierWatch>) {
    this.#watches = watches;
  }

  /** Why claims pause at a carrier; null: they do at none. */
  get cause(): string | null {
    for (const [carrier, { cause }] of this.#watches) {
      if (cause !== null) return this.#watches.size === 1 ? cause : `${carrier}: ${cause}`;
    }
    return null;
  }

  /** How many phones may be claimed now, at most `wanted`: as many as that when one carrier flows. */
  room(wanted: number): number {
    const watches = [...this.#watches.values()];
    if (watches.some(({ cause }) => cause === null)) return Math.max(0, wanted);
    const rooms = watches.reduce((sum, watch) => sum + watch.room(wanted), 0);
    return Math.max(0, Math.min(wanted, rooms));
  }

  /** In how many ms a carrier may be tried again by itself; null: none may. */
  get waitMs(): number | null {
    const waits = [...this.#watches.values()].flatMap(({ waitMs }) => waitMs ?? []);
    return waits.length === 0 ? null : Math.min(...waits);
  }

  /** Told of every claim: what it may do. Of each carrier with room its request, or `noProbe`, must follow. */
  claims(): Passes {
    const passes = new Map<CarrierName, CarrierPass>();
    for (const [carrier, watch] of this.#watches) {
      if (watch.cause === null) continue;
      const room = watch.room(1);
      passes.set(carrier, { room, waitMs: room > 0 ? null : watch.waitMs });
      if (room > 0) watch.claims();
    }
    return passes;
  }

  /** The claim had nothing to try this carrier with: another may. */
  noProbe(carrier: CarrierName): void {
    this.#watches.get(carrier)?.noProbe();
  }

  /** Told of the end of every request. */
  ended(carrier: CarrierName, settlement: Settlement, probe: boolean): void {
    this.#watches.get(carrier)?.ended(settlement, probe);
  }
}

/** What claims may do that are no try: nothing goes through a carrier that does not flow. */
export const withoutProbes = (passes: Passes): Passes =>
  new Map([...passes].map(([carrier, { waitMs }]) => [carrier, { room: 0, waitMs }]));
