import { areaCodes, countryOf, zonesOfState } from './area-codes.ts';
import { statesOfPostalCode } from './postal-codes.ts';
import { parseState, type StateCode, stateCodes } from './states.ts';
import { parseZone } from './zone.ts';

/** What is known of where a person is. Texts as they were entered; what cannot be read is as good as absent. */
export interface Whereabouts {
  /** Canonical number. */
  phoneNumber: string;
  zone: string | null;
  postalCode: string | null;
  state: string | null;
}

/** Which places count for somebody of whom nothing is known: the 48 contiguous states and DC, or all 50. */
export type UnknownPlaces = 'contiguous' | 'states';

/** What says where somebody is, best first. */
export const placeSources = ['zone', 'postal_code', 'state', 'area_code', 'none'] as const;
export type PlaceSource = (typeof placeSources)[number];

/**
 * Where somebody may be. Equal answers are the same object, so that it can be compared and used as a key. Every zone
 * with every state must allow an instant.
 */
export interface Location {
  /** `US`, another country that shares +1, or `other`. */
  country: string;
  /** IANA names, sorted, never empty for the US. */
  zones: readonly string[];
  zoneSource: PlaceSource;
  /** Sorted. */
  states: readonly StateCode[];
  /** Nothing says which state: then the rules of all of them apply. */
  stateUnknown: boolean;
}

/** Between entered texts stands what PostgreSQL keeps in none. */
const NO_PROFILE = '\0\0\0';
const KEPT_ANSWERS = 50_000;
const KEPT_LOCATIONS = 5_000;
const answers = new Map<string, Location>();
const locations = new Map<string, Location>();

/**
 * Where a person may be: the zone is the known one, else those of the postal code, else those of the state, else all
 * of the area code, else all of the country. States are those of every source that names one: if sources differ, the
 * rules of both apply. Numbers are portable and move with people, so an area code alone is a guess, and its whole
 * extent counts.
 */
export function locate(where: Whereabouts, unknownPlaces: UnknownPlaces): Location {
  // With the plus sign: what is no number may begin like an area code.
  const begins = where.phoneNumber.slice(0, where.phoneNumber.startsWith('+1') ? 5 : 4);
  const profile =
    where.zone === null && where.postalCode === null && where.state === null
      ? NO_PROFILE
      : `\0${where.zone ?? ''}\0${where.postalCode ?? ''}\0${where.state ?? ''}`;
  const key = unknownPlaces + begins + profile;
  const kept = answers.get(key);
  if (kept) return kept;
  const location = intern(findOut(where, unknownPlaces));
  if (key.length > 120) return location;
  if (answers.size >= KEPT_ANSWERS) answers.clear();
  answers.set(key, location);
  return location;
}

function findOut(where: Whereabouts, unknownPlaces: UnknownPlaces): Location {
  const country = countryOf(where.phoneNumber);
  const zone = where.zone === null ? null : parseZone(where.zone);
  const ofPostalCode = where.postalCode === null ? [] : statesOfPostalCode(where.postalCode);
  const state = where.state === null ? null : parseState(where.state);
  const ofAreaCode = country === 'US' ? areaCodes.get(where.phoneNumber.slice(2, 5)) : undefined;

  const states = [
    ...new Set([...ofPostalCode, ...(state ? [state] : []), ...(ofAreaCode?.states ?? [])]),
  ].sort();
  const stateUnknown = states.length === 0;
  const found = (zoneSource: PlaceSource, zones: Iterable<string>): Location => ({
    country,
    zones: [...new Set(zones)].sort(),
    zoneSource,
    states,
    stateUnknown,
  });
  if (zone !== null) return found('zone', [zone]);
  if (ofPostalCode.length > 0) return found('postal_code', zonesOf(ofPostalCode));
  if (state !== null) return found('state', zonesOf([state]));
  if (ofAreaCode) return found('area_code', ofAreaCode.zones);
  return found('none', zonesOf(unknownPlaces === 'states' ? allStates : contiguous));
}

const territories: ReadonlySet<StateCode> = new Set(['AS', 'GU', 'MP', 'PR', 'VI']);
const allStates = stateCodes.filter((state) => !territories.has(state));
const contiguous = allStates.filter((state) => state !== 'AK' && state !== 'HI');

const zonesOf = (states: readonly StateCode[]): string[] =>
  states.flatMap((state) => zonesOfState.get(state) ?? []);

function intern(location: Location): Location {
  const key = [
    location.country,
    location.zoneSource,
    location.zones.join(),
    location.states.join(),
    location.stateUnknown,
  ].join('|');
  const kept = locations.get(key);
  if (kept) return kept;
  if (locations.size >= KEPT_LOCATIONS) locations.clear();
  locations.set(key, location);
  return location;
}
