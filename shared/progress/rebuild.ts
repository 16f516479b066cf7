import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '#shared/compliance/instant.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { follow } from './follow.ts';
import type { ProgressRow } from './next-drill.ts';
import { armed, armingOf, type Participant, resumed } from './participant.ts';

/**
 * Progress and participants from the events that they follow from. Pure. What is due is the schedule's own, and stays where
 * nothing else is different. Who takes part is not of events alone: contact lists enrol people too, so that a row stays a row.
 */

/** One person, in all programmes. */
export interface PersonStanding {
  /** Drills that they were given, by programme. */
  rows: ReadonlyMap<string, readonly ProgressRow[]>;
  participants: readonly Participant[];
}

/** A programme as it is now, and when it became so: what was asked for before may have gone by another order of drills. */
export interface KnownProgramme {
  programme: Programme;
  changedAt: Instant;
}

export interface Rebuilt extends PersonStanding {
  /** The parts of what is stored, and of what the events say, that have to be the same: by programme. */
  stored: Comparable;
  byEvents: Comparable;
}

export type Comparable = Readonly<
  Record<string, { drills: Record<string, object>; participant: object | null }>
>;

/**
 * `batches`: all of the person's that progress has followed, in order. `only`: the programme that matters; null: all do.
 */
export function rebuildPerson(
  batches: readonly DialogEventBatch[],
  stored: PersonStanding,
  programmes: ReadonlyMap<string, KnownProgramme>,
  { now, only }: { now: Instant; only: string | null },
): Rebuilt {
  const folded = fold(batches, stored.participants, programmes);
  const concerned = ({ programmeSlug }: { programmeSlug: string }): boolean =>
    only === null || programmeSlug === only;
  const before = new Map(stored.participants.map((person) => [person.programmeSlug, person]));
  const participants = folded.participants.filter(concerned).map((person) =>
    withDue(person, before.get(person.programmeSlug), {
      known: programmes.get(person.programmeSlug),
      rows: folded.rows.get(person.programmeSlug) ?? [],
      now,
    }),
  );
  const slugs = new Set(
    [
      ...[...stored.rows.keys(), ...folded.rows.keys()].map((programmeSlug) => ({ programmeSlug })),
      ...stored.participants,
      ...participants,
    ]
      .filter(concerned)
      .map(({ programmeSlug }) => programmeSlug),
  );
  const byEvents: Record<string, Comparable[string]> = {};
  const asStored: Record<string, Comparable[string]> = {};
  const rows = new Map<string, readonly ProgressRow[]>();
  for (const slug of slugs) {
    const [was, is] = [stored.rows.get(slug) ?? [], folded.rows.get(slug) ?? []];
    const changedAt = programmes.get(slug)?.changedAt ?? Number.MAX_SAFE_INTEGER;
    const isOld = recordedBefore(changedAt, was, is);
    rows.set(slug, withOld(was, is, isOld));
    const participant = participants.find(({ programmeSlug }) => programmeSlug === slug);
    const isArmed = isArmedFor(before.get(slug), programmes.get(slug));
    asStored[slug] = { drills: drillsOf(was, isOld), participant: followed(before.get(slug), isArmed) };
    byEvents[slug] = { drills: drillsOf(is, isOld), participant: followed(participant, isArmed) };
  }
  return { rows, participants, stored: asStored, byEvents };
}

/** Events in order; whoever a list enrolled takes part from then on. */
function fold(
  batches: readonly DialogEventBatch[],
  stored: readonly Participant[],
  programmes: ReadonlyMap<string, KnownProgramme>,
): PersonStanding {
  const programmeOf = (slug: string): Programme | null => programmes.get(slug)?.programme ?? null;
  const run = (enrolled: readonly Participant[]): PersonStanding => {
    const progress = new Map<string, ProgressRow[]>();
    let participants: readonly Participant[] = [];
    const step = (part: readonly DialogEventBatch[]): void => {
      const { people } = follow(part, programmeOf, { participants, progress });
      const changed = new Map(people.map((person) => [person.programmeSlug, person]));
      for (const person of participants) {
        if (!changed.has(person.programmeSlug)) changed.set(person.programmeSlug, person);
      }
      participants = [...changed.values()];
    };
    let from = 0;
    for (const person of enrolled.toSorted((a, b) => a.enrolledAt - b.enrolledAt)) {
      const since = batches.findIndex(({ occurredAt }) => Date.parse(occurredAt) >= person.enrolledAt);
      const until = since < 0 ? batches.length : since;
      step(batches.slice(from, until));
      from = Math.max(from, until);
      if (!participants.some(({ programmeSlug }) => programmeSlug === person.programmeSlug)) {
        participants = [...participants, asEnrolled(person)];
      }
    }
    step(batches.slice(from));
    const rows = new Map<string, ProgressRow[]>();
    for (const [key, list] of progress) rows.set(key.slice(key.indexOf(' ') + 1), list);
    return { rows, participants };
  };
  const byLists = stored.filter(({ enrolledBy }) => enrolledBy === 'list');
  const first = run(byLists);
  const there = new Set(first.participants.map(({ programmeSlug }) => programmeSlug));
  const others = stored.filter(({ programmeSlug }) => !there.has(programmeSlug));
  return others.length === 0 ? first : run([...byLists, ...others]);
}

/** As a row begins, with what was known of the person then. */
const asEnrolled = ({
  enrolledAt,
  enrolledBy,
  phoneNumber,
  programmeSlug,
  timezone,
}: Participant): Participant => ({
  ...{ phoneNumber, programmeSlug, enrolledBy, enrolledAt, timezone },
  lastInteractedAt: null,
  optedOut: false,
  deliveryTime: null,
  ourNumber: null,
  drillInstanceId: null,
  prompt: null,
  completedAt: null,
  nextStartAt: null,
  remindAt: null,
  lastStartAt: null,
  startVersion: null,
  armedFor: '',
});

/** With what the schedule knows beside events, and due instants as the schedule would have them now. */
function withDue(
  folded: Participant,
  stored: Participant | undefined,
  { known, now, rows }: { known: KnownProgramme | undefined; rows: readonly ProgressRow[]; now: Instant },
): Participant {
  const starts = [folded.lastStartAt, stored?.lastStartAt ?? null].filter((at) => at !== null);
  const person: Participant = {
    ...folded,
    lastStartAt: starts.length === 0 ? null : Math.max(...starts),
    startVersion: stored?.startVersion ?? null,
    completedAt: folded.completedAt === null ? null : (stored?.completedAt ?? folded.completedAt),
  };
  if (known === undefined) return { ...person, nextStartAt: null, remindAt: null, armedFor: '' };
  if (stored === undefined) return armed(person, known.programme, rows, now);
  const isSame = isSamePrompt(stored, person);
  const prompt = person.prompt && {
    ...person.prompt,
    sentAt: isSame ? (stored.prompt?.sentAt ?? null) : null,
  };
  const fresh = armed({ ...person, prompt }, known.programme, rows, now);
  const { nextStartAt } = resumed(stored, fresh);
  return { ...fresh, nextStartAt, remindAt: isSame ? stored.remindAt : fresh.remindAt };
}

const isSamePrompt = (a: Participant, b: Participant): boolean =>
  a.prompt?.slug === b.prompt?.slug &&
  a.prompt?.startedAt === b.prompt?.startedAt &&
  a.prompt?.reminded === b.prompt?.reminded;

const isArmedFor = (person: Participant | undefined, known: KnownProgramme | undefined): boolean =>
  person !== undefined && known !== undefined && person.armedFor === armingOf(known.programme);

/** What of a participant follows from events; `isArmed`: whether anything is to start by itself does as well. */
function followed(person: Participant | undefined, isArmed: boolean): object | null {
  if (person === undefined) return null;
  const { completedAt, nextStartAt, remindAt, armedFor, lastStartAt, startVersion, phoneNumber, ...rest } =
    person;
  const { prompt } = rest;
  return {
    ...rest,
    // When it went out is not of its events, and which event it was an earlier version did not write down.
    prompt: prompt && { slug: prompt.slug, startedAt: prompt.startedAt, reminded: prompt.reminded },
    completed: completedAt !== null,
    ...(isArmed ? { startsByItself: nextStartAt !== null } : {}),
    ...(prompt === null && remindAt !== null ? { remindAt } : {}),
  };
}

/**
 * Rows as events say, but for old ones of which all that can be compared is the same: those stay as they were asked for, also where
 * that was of a drill that another order would not have asked for.
 */
function withOld(
  was: readonly ProgressRow[],
  is: readonly ProgressRow[],
  old: ReadonlySet<string>,
): readonly ProgressRow[] {
  const [before, after] = [drillsOf(was, old), drillsOf(is, old)];
  const stays = (slug: string): boolean => old.has(slug) && isDeepStrictEqual(before[slug], after[slug]);
  return [
    ...is.filter(({ drillSlug }) => !stays(drillSlug)),
    ...was.filter(({ drillSlug }) => stays(drillSlug)),
  ];
}

/** Drills whose request, by what is stored or by the events, may have gone by a programme that was another. */
function recordedBefore(
  changedAt: Instant,
  ...standings: readonly (readonly ProgressRow[])[]
): ReadonlySet<string> {
  const old = standings
    .flat()
    .filter(({ requestedAt }) => Date.parse(requestedAt) <= changedAt)
    .map(({ drillSlug }) => drillSlug);
  return new Set(old);
}

/** Of old ones only what events alone say. */
function drillsOf(rows: readonly ProgressRow[], old: ReadonlySet<string>): Record<string, object> {
  return Object.fromEntries(
    rows.flatMap((row): [string, object][] => {
      const { drillSlug, startedAt, completedAt } = row;
      if (!old.has(drillSlug)) return [[drillSlug, row]];
      return startedAt === null ? [] : [[drillSlug, { drillSlug, startedAt, completedAt }]];
    }),
  );
}
