import type { Member } from '#shared/campaigns/audience-member.ts';
import { channelOf } from '#shared/campaigns/channel-of.ts';
import type { Cohort } from '#shared/campaigns/forecast.ts';
import { chooseContacts, countAudience, readChosen } from '#shared/campaigns/read-audience.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { localWindow } from '#shared/campaigns/windows.ts';
import { decide } from '#shared/compliance/gate.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import type { LocalWindow } from '#shared/compliance/hours/local-hours.ts';
import { regimeOf } from '#shared/compliance/hours/regime.ts';
import type { Instant } from '#shared/compliance/instant.ts';
import { type Location, locate } from '#shared/compliance/location/locate.ts';
import { readFields } from '#shared/contacts/store.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { type PersonFacts, readFacts } from '#shared/gate/read-facts.ts';
import { inSnapshot, type Pool } from '#shared/postgres/pool.ts';
import { minutesOf } from '#shared/voice/duration.ts';
import { type PreviewParts, type PreviewRow, previewer } from './row.ts';

/**
 * Looks at an audience before anything goes to it. The whole of it up to SURVEYED_MOST contacts; of a larger one as many,
 * chosen by chance, so that it takes the same few seconds for a million: what is said of all is then what was found,
 * multiplied. Each of those is judged and written as the dispatcher would: the same gate by the same facts, the same text.
 * In memory are the ids of those who are looked at, and AT_ONCE of them with what is known of them.
 */
export const SURVEYED_MOST = 20_000;
/** In one statement. */
const AT_ONCE = 1_000;
/** Rows that are shown as examples. */
const EXAMPLES = 10;
/** More units than any text has, so that segments count first. */
const LONGEST_UNITS = 10_000;
/** Instants of caps are people's own; so near to each other they are one. */
const NEAR_MS = 15 * 60_000;

/** By how much a share that a survey says may be off, at most, in 19 of 20 of them: 0.01 is one of a hundred contacts. */
export const marginOf = ({ contacts, looked }: Pick<Survey, 'contacts' | 'looked'>): number =>
  looked >= contacts ? 0 : 0.98 / Math.sqrt(looked);

export interface SurveyParts extends PreviewParts {
  pool: Pool;
  gate: GateConfig;
  pseudonyms: Pseudonyms;
  /** Contacts that are looked at at most; left out: SURVEYED_MOST. */
  most?: number;
}

/** Of texts the shortest, that in the middle and the longest, by segments and then units; of calls by how long they take. */
export interface Typical {
  shortest: PreviewRow;
  median: PreviewRow;
  longest: PreviewRow;
}

export interface Survey {
  /** Who are to be written to. */
  contacts: number;
  /** Of those, who were looked at. What follows counts these. */
  looked: number;
  /** By the gate's rule. */
  blocked: ReadonlyMap<string, number>;
  /** By the rule of `compose`. */
  skipped: ReadonlyMap<string, number>;
  /** Who may be written to, though not before something other than the hours allows it, by the gate's rule. */
  waiting: ReadonlyMap<string, number>;
  cohorts: readonly Cohort[];
  texts: Texts;
  /** Calls, and how long they take if all of each is heard once: minutes as they are charged for. */
  calls: { calls: number; seconds: number; minutes: number };
  /** Null: nobody gets anything. */
  typical: Typical | null;
}

export interface Texts {
  /** Messages by how many segments they have. */
  segments: ReadonlyMap<number, number>;
  wide: number;
  /** Messages with media, and segments of those without: what is paid for. */
  paid: { media: number; segments: number };
  longest: readonly PreviewRow[];
  changed: { contacts: number; examples: readonly PreviewRow[] };
  /** Contacts without a field that their text needs, by the field. */
  missing: ReadonlyMap<string, number>;
}

export type Surveyed = { kind: 'survey'; survey: Survey } | { kind: 'faults'; reason: string };

/** As things would be at `at` (business time). */
export async function survey(campaign: Campaign, at: Instant, parts: SurveyParts): Promise<Surveyed> {
  const { most = SURVEYED_MOST, pool } = parts;
  const fields = await readFields(pool);
  const counted = await countAudience(pool, campaign, fields);
  if (counted.kind === 'faults') return counted;
  const tally = new Tally(campaign, at, parts);
  const { contacts } = counted;
  // Chance may choose a few more than were asked for.
  const part = contacts <= most ? { share: 1, limit: most } : { share: most / contacts, limit: most * 2 };
  const chosen = await chooseContacts(pool, campaign, fields, part);
  if (chosen.kind === 'faults') return chosen;
  let looked = 0;
  for (let from = 0; from < chosen.contactIds.length; from += AT_ONCE) {
    const members = await readChosen(pool, campaign, chosen.contactIds.slice(from, from + AT_ONCE));
    looked += members.length;
    const phones = members.map(({ phoneNumber }) => phoneNumber);
    const facts = await inSnapshot(pool, (tx) => readFacts(tx, phones, new Date(at), parts.pseudonyms));
    for (const member of members) tally.add(member, facts.get(member.phoneNumber));
  }
  // Who they are is known at the end: what they get is written once more, and not kept of everybody.
  const typical = await readChosen(pool, campaign, tally.typical);
  // An audience that grew or shrank meanwhile was looked at as a whole all the same.
  return { kind: 'survey', survey: tally.survey(part.share === 1 ? looked : contacts, looked, typical) };
}

interface CohortCount {
  location: Location;
  from: Instant;
  contacts: number;
}

class Tally {
  readonly #campaign: Campaign;
  readonly #at: Instant;
  readonly #parts: SurveyParts;
  readonly #windows: readonly LocalWindow[];
  readonly #row: (member: Member) => PreviewRow;
  readonly #blocked = new Map<string, number>();
  readonly #skipped = new Map<string, number>();
  readonly #waiting = new Map<string, number>();
  readonly #cohorts = new Map<Location, Map<Instant, CohortCount>>();
  readonly #segments = new Map<number, number>();
  readonly #missing = new Map<string, number>();
  #wide = 0;
  readonly #paid = { media: 0, segments: 0 };
  readonly #calls = { calls: 0, seconds: 0, minutes: 0 };
  readonly #sizes: { contactId: string; size: number }[] = [];
  #longest: PreviewRow[] = [];
  readonly #changed = { contacts: 0, examples: [] as PreviewRow[] };

  constructor(campaign: Campaign, at: Instant, parts: SurveyParts) {
    this.#campaign = campaign;
    this.#at = at;
    this.#parts = parts;
    this.#windows = campaign.definition.windows.map(localWindow);
    this.#row = previewer(campaign, parts);
  }

  add(member: Member, known: PersonFacts | undefined): void {
    const { definition, endAt, intent } = this.#campaign;
    const { gate } = this.#parts;
    const facts = factsOf(member, known);
    const channel = channelOf(this.#campaign, member);
    const touch = {
      ...{ channel, intent, topic: definition.topic, cause: null, artificialVoice: channel === 'voice' },
      notAfter: endAt?.getTime() ?? null,
      windows: this.#windows,
      // On WhatsApp a campaign sends approved templates, which need no window.
      needsWindow: false,
    };
    const decision = decide(
      touch,
      { ...facts, sentForCause: 0, overtaken: false, carrierConfirmed: false, windowClosesAt: null },
      this.#at,
      gate,
    );
    if (decision.verdict === 'block') {
      count<string>(this.#blocked, decision.rule);
      return;
    }
    if (definition.drill === null && !this.#addContent(member)) return;
    if (decision.verdict === 'hold' && decision.rule !== 'quiet_hours')
      count<string>(this.#waiting, decision.rule);
    const location = locate(facts, gate.unknownPlaces);
    this.#addTo(location, decision.verdict === 'hold' ? decision.until : this.#at, decision.rule);
  }

  /** Whether there is one. */
  #addContent(member: Member): boolean {
    const row = this.#row(member);
    for (const field of row.missing) count(this.#missing, field);
    if (row.skipped !== null) {
      count(this.#skipped, row.skipped);
      return false;
    }
    this.#sizes.push({
      contactId: row.contactId,
      size: row.call?.seconds ?? row.segments * LONGEST_UNITS + row.units,
    });
    if (row.call !== null) {
      this.#calls.calls += 1;
      this.#calls.seconds += row.call.seconds;
      this.#calls.minutes += minutesOf(row.call.seconds);
      return true;
    }
    count(this.#segments, row.segments);
    if (row.encoding === 'UCS-2') this.#wide += 1;
    const hasMedia = (this.#campaign.definition.variants[row.variant]?.mediaUrls.length ?? 0) > 0;
    if (hasMedia) this.#paid.media += 1;
    else this.#paid.segments += row.segments;
    if (row.changedBy.length > 0) {
      this.#changed.contacts += 1;
      if (this.#changed.examples.length < EXAMPLES) this.#changed.examples.push(row);
    }
    const least = this.#longest.at(-1);
    if (this.#longest.length < EXAMPLES || least === undefined || longer(row, least) < 0) {
      this.#longest = [...this.#longest, row].sort(longer).slice(0, EXAMPLES);
    }
    return true;
  }

  #addTo(location: Location, until: Instant, rule: string): void {
    const from = rule === 'frequency_cap' ? Math.ceil(until / NEAR_MS) * NEAR_MS : until;
    const ofLocation = this.#cohorts.get(location) ?? new Map<Instant, CohortCount>();
    this.#cohorts.set(location, ofLocation);
    const known = ofLocation.get(from) ?? { location, from, contacts: 0 };
    known.contacts += 1;
    ofLocation.set(from, known);
  }

  /** Contacts of the shortest row, the one in the middle and the longest; none where nobody gets anything. */
  get typical(): string[] {
    const sizes = this.#sizes.sort((a, b) => a.size - b.size || (a.contactId < b.contactId ? -1 : 1));
    const found = [sizes[0], sizes[Math.floor(sizes.length / 2)], sizes.at(-1)];
    return found.flatMap((each) => (each === undefined ? [] : [each.contactId]));
  }

  #typicalOf(members: readonly Member[]): Typical | null {
    const rows = this.typical.map((id) => {
      const member = members.find(({ contactId }) => contactId === id);
      return member === undefined ? null : this.#row(member);
    });
    const [shortest, median, longest] = rows;
    return shortest && median && longest ? { shortest, median, longest } : null;
  }

  /** `contacts`: of the whole audience. `typical`: what is known of the contacts that are. */
  survey(contacts: number, looked: number, typical: readonly Member[]): Survey {
    const counts = [...this.#cohorts.values()].flatMap((ofLocation) => [...ofLocation.values()]);
    return {
      ...{ contacts, looked, blocked: this.#blocked, skipped: this.#skipped, waiting: this.#waiting },
      cohorts: counts.map(({ location, ...cohort }) => ({
        ...cohort,
        zone: zoneInWords(location),
        opening: (from) => regimeOf(this.#parts.gate, location, this.#windows, false).openings.next(from),
      })),
      texts: {
        ...{ segments: this.#segments, wide: this.#wide, paid: this.#paid, missing: this.#missing },
        ...{ longest: this.#longest, changed: this.#changed },
      },
      calls: this.#calls,
      typical: this.#typicalOf(typical),
    };
  }
}

/** As the dispatcher makes them: what is known of a contact's whereabouts goes to the phone, which may have none yet. */
const factsOf = (member: Member, known: PersonFacts | undefined): PersonFacts => ({
  ...(known ?? {
    phoneNumber: member.phoneNumber,
    suppressions: [],
    consent: { status: 'none', grants: [] },
    marketingTouches: [],
    doNotCall: null,
    reassigned: null,
  }),
  zone: known?.zone ?? member.timeZone,
  state: known?.state ?? member.usState,
  postalCode: known?.postalCode ?? member.postalCode,
});

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** More segments first, then more units; of equals the first contact. */
const longer = (a: PreviewRow, b: PreviewRow): number =>
  b.segments - a.segments || b.units - a.units || (a.contactId < b.contactId ? -1 : 1);

/** Where people are, as they read it. All of several zones have to allow an instant. */
const zoneInWords = ({ zoneSource, zones }: Location): string =>
  zoneSource === 'none' ? 'unknown' : zones.join(', ');
