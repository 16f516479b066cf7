import type { HolidayRule } from '../holidays.ts';
import type { StateCode } from '../location/states.ts';

/** Hours of a local day, from inclusive, to exclusive, in whole hours; null: nothing that day. */
export type DayHours = readonly [from: number, to: number] | null;

/** At most so many touches to a person in any period of so many hours. */
export interface FrequencyCap {
  count: number;
  hours: number;
}

/** What a state allows: hours in the recipient's local time. */
export interface StateRule {
  state: StateCode;
  mondayToFriday: DayHours;
  saturday: DayHours;
  sunday: DayHours;
  /** Holidays on which nothing may be sent, besides those of the federal government; null: holidays are days like others. */
  holidays: readonly HolidayRule[] | null;
  cap: FrequencyCap | null;
  /** Null: every text and call. `artificial_voice`: calls with a recorded or synthetic voice only. */
  only: 'artificial_voice' | null;
  source: string;
  /** What sources disagree on; the row has the strictest of their readings. */
  disputed: string | null;
}
