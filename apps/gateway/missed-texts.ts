import type { CarrierName } from '#shared/contracts/dialog-commands.ts';

/**
 * Carriers of which this task could not take a text in, since it was last noted (`noteListening`): the carrier repeats it for
 * seconds and gives up, so that it may be somebody's STOP that nobody has heard before the next sweep. Only of carriers that list what
 * they have: the others repeat for long.
 */
export class MissedTexts {
  readonly #carriers = new Set<CarrierName>();

  note(carrier: CarrierName): void {
    this.#carriers.add(carrier);
  }

  /** Whether there were any. Whoever cannot note it in the database says so again (`note`). */
  take(carrier: CarrierName): boolean {
    return this.#carriers.delete(carrier);
  }
}
