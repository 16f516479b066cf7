import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import type { Language } from './course.ts';

/** Who takes part in the month, and how they are. */

/** What somebody is like; a tenth of all each. */
export const conducts = [
  /** Registers and never says a word again. */
  'silent',
  /** Answers right the moment that they are asked. */
  'quick',
  /** Wrong, then right when they look again. */
  'learns',
  /** Wrong, and wrong again. */
  'fails',
  /** Answers at once and asks for more after every other lesson. */
  'eager',
  /** Stops for good in the middle of the third lesson. */
  'stops',
  /** Stops in the second lesson, is back two days later. */
  'returns',
  /** Registers when others are in the middle of it. */
  'late',
  /** Puts questions off ("later"), and answers when reminded. */
  'reminded',
  /** Looks at the telephone once in a while only; asks for the schedule once. */
  'slow',
] as const;
export type Conduct = (typeof conducts)[number];

export interface Member {
  phone: PhoneNumber;
  conduct: Conduct;
  /** Where they live. */
  zone: string;
  /** Where their number is from, which is all that is known of somebody who does not say. */
  numberZone: string;
  language: Language;
  /** The time of day that they want their lessons at; null: they do not say. */
  time: { said: string; minute: number } | null;
  /** Of the month, from 0. */
  registersOn: number;
}

/** States whose hours for texts are the federal ones: eight to nine. */
const areas: readonly { zone: string; codes: readonly string[] }[] = [
  { zone: 'America/New_York', codes: ['516', '585', '716', '404', '678', '704', '614', '740'] },
  { zone: 'America/Chicago', codes: ['414', '608', '314', '816', '515'] },
  { zone: 'America/Denver', codes: ['303', '720'] },
  { zone: 'America/Los_Angeles', codes: ['213', '310', '619', '916'] },
  { zone: 'America/Phoenix', codes: ['602', '480'] },
  { zone: 'Pacific/Honolulu', codes: ['808'] },
];
const NUMBERS_EACH = 99;
const codes = areas.flatMap(({ codes: each, zone }) => each.map((code) => ({ code, zone })));

const times = [
  null,
  { said: '9:30', minute: 9 * 60 + 30 },
  { said: '1 pm', minute: 13 * 60 },
  { said: '18h30', minute: 18 * 60 + 30 },
] as const;

/** At most 2,178 people. The same count gives the same people, evenly from all places. */
export function membersOf(
  count: number,
  { lateOn, times: minutes, zones }: { lateOn: number; zones?: readonly string[]; times?: readonly number[] },
): Member[] {
  const from = zones === undefined ? codes : codes.filter(({ zone }) => zones.includes(zone));
  const wanted =
    minutes === undefined ? times : times.filter((time) => time === null || minutes.includes(time.minute));
  if (count > from.length * NUMBERS_EACH) throw new Error(`there are no ${count} numbers for fiction there`);
  return Array.from({ length: count }, (_, index) => {
    const { code, zone } = from[index % from.length] ?? never();
    const nth = Math.floor(index / from.length);
    const conduct = conducts[(index + nth) % conducts.length] ?? 'silent';
    // Some have moved and kept their number.
    const moved = index % 9 === 4 ? (from[(index + 1) % from.length]?.zone ?? zone) : zone;
    return {
      phone: phoneNumber(`+1${code}55501${String(nth + 1).padStart(2, '0')}`),
      conduct,
      zone: conduct === 'silent' ? zone : moved,
      numberZone: zone,
      language: index % 3 === 1 && conduct !== 'silent' ? 'es' : 'en',
      time: conduct === 'silent' ? null : (wanted[(index + nth * 3) % wanted.length] ?? null),
      registersOn: conduct === 'late' ? lateOn : 0,
    };
  });
}

const never = (): never => {
  throw new Error('there is a code for every index');
};
