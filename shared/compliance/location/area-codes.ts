import { areaCodeRows } from './area-code-data.ts';
import { parseState, type StateCode } from './states.ts';

/** What an area code says about where its numbers are. */
export interface AreaCode {
  states: readonly StateCode[];
  /** Every zone in use under the code. */
  zones: readonly string[];
}

/** Codes that the table lacks, most of them of one large city or overlays of such a code (NANPA's list of codes). */
const furtherRows: typeof areaCodeRows = [
  ['CA', 'America/Los_Angeles', '213'],
  ['FL', 'America/New_York', '728'],
  ['IL', 'America/Chicago', '312 773 872'],
  ['NY', 'America/New_York', '212 332 934'],
  ['PA', 'America/New_York', '445'],
  ['TX', 'America/Chicago', '210 726'],
];

/**
 * Zones that the table lacks. An overlay serves the same places as the codes that it overlays.
 * - 689 overlays 407 and 321 in central Florida; the table has it in Central Time alone.
 * - 986 overlays 208.
 * - 601: sources differ; Eastern Time besides Central is the stricter reading.
 */
const furtherZones: Readonly<Record<string, readonly string[]>> = {
  '601': ['America/New_York'],
  '689': ['America/New_York'],
  '986': ['America/Denver'],
};

/** Territories, which the table leaves out. */
const territories: readonly (readonly [StateCode, string, readonly string[]])[] = [
  ['AS', 'Pacific/Pago_Pago', ['684']],
  ['GU', 'Pacific/Guam', ['671']],
  ['MP', 'Pacific/Guam', ['670']],
  ['PR', 'America/Puerto_Rico', ['787', '939']],
  ['VI', 'America/Puerto_Rico', ['340']],
];

/** Other countries that share +1, by their area codes. */
const elsewhere = {
  CA:
    '204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 387 403 416 418 428 431 437 438 450 460 468 474 506 ' +
    '514 519 537 548 579 581 584 587 600 604 613 622 633 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 ' +
    '879 902 905 942',
  AG: '268',
  AI: '264',
  BB: '246',
  BM: '441',
  BS: '242',
  DM: '767',
  DO: '809 829 849',
  GD: '473',
  JM: '658 876',
  KN: '869',
  KY: '345',
  LC: '758',
  MS: '664',
  SX: '721',
  TC: '649',
  TT: '868',
  VC: '784',
  VG: '284',
} as const;

const byCode = new Map<string, AreaCode>();
for (const [name, zones, codes] of [...areaCodeRows, ...furtherRows]) {
  const state = parseState(name);
  if (state === null) throw new Error(`the table of area codes has a state ${name}`);
  for (const code of codes.split(' ')) {
    const all = [...zones.split(' '), ...(furtherZones[code] ?? [])];
    byCode.set(code, { states: [state], zones: [...new Set(all)].sort() });
  }
}
for (const [state, zone, codes] of territories) {
  for (const code of codes) byCode.set(code, { states: [state], zones: [zone] });
}

const countries = new Map<string, string>();
for (const [country, codes] of Object.entries(elsewhere)) {
  for (const code of codes.split(' ')) countries.set(code, country);
}

/** Every US area code that is known, territories included. */
export const areaCodes: ReadonlyMap<string, AreaCode> = byCode;

/**
 * The country of a canonical number as far as it matters here: `US` also for territories and for codes of +1 that
 * nobody is known to have (toll-free, new ones); `other` for every number outside +1.
 */
export function countryOf(phoneNumber: string): string {
  if (!phoneNumber.startsWith('+1')) return 'other';
  return countries.get(phoneNumber.slice(2, 5)) ?? 'US';
}

/** Every zone of a state: of all its area codes. */
export const zonesOfState: ReadonlyMap<StateCode, readonly string[]> = (() => {
  const zones = new Map<StateCode, Set<string>>();
  for (const areaCode of byCode.values()) {
    for (const state of areaCode.states) {
      const set = zones.get(state) ?? new Set<string>();
      for (const zone of areaCode.zones) set.add(zone);
      zones.set(state, set);
    }
  }
  return new Map([...zones].map(([state, set]) => [state, [...set].sort()]));
})();
