import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { ChattingPhone } from '../driver/phone.ts';
import type { System } from '../driver/system.ts';
import type { Kill } from './aims.ts';
import type { Troubles } from './troubles.ts';

/** A system under load, as a scenario finds it. */
export interface World {
  system: System;
  troubles: Troubles;
  /** Those that chat. */
  phones: readonly ChattingPhone[];
  /** Numbers that nobody has used, for what a scenario needs besides. */
  spare: readonly PhoneNumber[];
  /** From the seed of the run and the name of the scenario. */
  random: () => number;
  /** Until half of the phones have heard something from now on; a minute at the latest. */
  untilTalking(): Promise<void>;
  say(line: string): void;
}

/**
 * What was inflicted, counted by whoever did it or saw it done. Each count must be above zero: a fault that did not take place
 * proves nothing.
 */
export type Inflicted = Readonly<Record<string, number>>;

/** Something that goes wrong while phones chat and a campaign is under way. */
export interface Scenario {
  name: string;
  /** What is done, as a sentence of the report. */
  says: string;
  /** Resolves when all of it is over and mended, so that the system may come to rest. */
  inflict(world: World): Promise<Inflicted>;
  /** Kills in the middle of its work, if it makes any: known after `inflict`. */
  kills?(): readonly Kill[];
}
