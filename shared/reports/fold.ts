import type { Instant } from '#shared/compliance/instant.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { answerTimeBucket, noAnswerTimes } from '#shared/reports/answer-times.ts';
import { foldAnswer } from './wrong-answer.ts';

/**
 * What batches of dialog events add to the reports of drills. Pure: from the drills in flight, and events in the order of
 * each person, to drills that changed and increments of counts. Increments of a run are those of its parts together.
 */

/** How a drill ended. `left`: the person asked for something that ends it; `reset`: registered anew, or ended by staff. */
export type Ending = 'completed' | 'replaced' | 'opted_out' | 'left' | 'reset';

/** A drill as one person goes through it. */
export interface DrillInstance {
  phoneNumber: string;
  drillInstanceId: string;
  /** '': of none. */
  programmeSlug: string;
  drillSlug: string;
  drillVersion: number;
  /** Asked last. */
  prompt: AskedPrompt;
  startedAt: Instant;
  ended: { how: Ending; at: Instant } | null;
}

export interface AskedPrompt {
  slug: string;
  /** In its drill, from 0. */
  place: number;
  /** In which it was asked: what comes of it counts there, also when the person changes theirs meanwhile. */
  language: string;
  startedAt: Instant;
  /** Answers so far. */
  tries: number;
  /** Whether it is still to be answered. Between batches the prompt of every drill that has not ended is. */
  waits: boolean;
}

/** What is counted of a prompt: columns of drill_report. */
export type Measure =
  | 'reached'
  | 'passed'
  | 'passed_first'
  | 'noted'
  | 'wrong'
  | 'abandoned'
  | 'reminded'
  | 'closed'
  | 'completed'
  | `dropped_${Exclude<Ending, 'completed'>}`;

/** Which row of a report. */
export interface ReportKey {
  programmeSlug: string;
  drillSlug: string;
  drillVersion: number;
  language: string;
  promptSlug: string;
}

export interface ReportIncrement extends ReportKey {
  place: number;
  counts: Partial<Record<Measure, number>>;
  /** First answers, as shared/reports/answer-times.ts has them. */
  answerTimes: number[];
}

export interface WrongAnswerIncrement extends ReportKey {
  answer: string;
  example: string | null;
  /** Who alone wrote it, of this run; null: several people did. */
  onlyPhone: string | null;
  count: number;
}

export interface ReportChanges {
  /** As they are now, one for each that changed. */
  instances: DrillInstance[];
  increments: ReportIncrement[];
  wrongAnswers: WrongAnswerIncrement[];
}

/**
 * Follows batches in order. `inFlight`: the drills of their people that have not ended, at most one each. Events of a drill
 * that is not known, because it began before reports were kept, count nowhere.
 */
export function foldReports(
  batches: readonly DialogEventBatch[],
  inFlight: readonly DrillInstance[],
): ReportChanges {
  const current = new Map(inFlight.map((instance) => [instance.phoneNumber, instance]));
  const changed = new Map<string, DrillInstance>();
  const tally = new Tally();
  for (const batch of batches) {
    for (const event of batch.events) {
      for (const instance of follow(event, batch, current.get(batch.phoneNumber), tally)) {
        changed.set(`${instance.phoneNumber} ${instance.drillInstanceId}`, instance);
        if (instance.ended === null) current.set(batch.phoneNumber, instance);
        else current.delete(batch.phoneNumber);
      }
    }
  }
  return { instances: [...changed.values()], ...tally.changes() };
}

/** Follows one event; returns what changed, what ended before what began. */
function follow(
  event: DialogEvent,
  batch: DialogEventBatch,
  instance: DrillInstance | undefined,
  tally: Tally,
): DrillInstance[] {
  const at = Date.parse(event.occurredAt);
  const ended = (how: Ending): DrillInstance[] => (instance ? [end(instance, how, at, tally)] : []);
  switch (event.type) {
    case 'DRILL_STARTED': {
      const { drill, drillInstanceId, firstPrompt } = event;
      const begun: DrillInstance = {
        phoneNumber: batch.phoneNumber,
        drillInstanceId,
        programmeSlug: batch.programmeSlug ?? '',
        drillSlug: drill.slug,
        drillVersion: drill.version,
        prompt: asked(firstPrompt.slug, 0, batch, at),
        startedAt: at,
        ended: null,
      };
      const before = ended('replaced');
      tally.count(begun, 'reached');
      return [...before, begun];
    }
    case 'OPTED_OUT':
      return ended('opted_out');
    case 'NAME_CHANGE_REQUESTED':
    case 'LANGUAGE_CHANGE_REQUESTED':
    case 'SCHEDULING_REQUESTED':
      return ended('left');
    case 'USER_VALIDATED':
      return ended('reset');
    case 'USER_UPDATED':
      return event.purgeDrillState ? ended('reset') : [];
    case 'REMINDER_TRIGGERED':
      if (isOf(event, instance)) tally.count(instance, 'reminded');
      return [];
    case 'COMPLETED_PROMPT':
    case 'FAILED_PROMPT':
      return isOf(event, instance) ? [answered(event, instance, at, tally)] : [];
    case 'ADVANCED_TO_NEXT_PROMPT': {
      if (!isOf(event, instance)) return [];
      const next = { ...instance, prompt: asked(event.prompt.slug, instance.prompt.place + 1, batch, at) };
      tally.count(next, 'reached');
      return [next];
    }
    case 'DRILL_COMPLETED':
      return isOf(event, instance) ? [end(instance, 'completed', at, tally)] : [];
    default:
      return [];
  }
}

const isOf = (
  { drillInstanceId }: { drillInstanceId: string },
  instance: DrillInstance | undefined,
): instance is DrillInstance => instance?.drillInstanceId === drillInstanceId;

/** What the person reads is worded in the language that they have after the batch. */
const asked = (slug: string, place: number, batch: DialogEventBatch, startedAt: Instant): AskedPrompt => ({
  ...{ slug, place, startedAt },
  language: batch.profileAfter.language,
  tries: 0,
  waits: true,
});

function answered(
  event: Extract<DialogEvent, { type: 'COMPLETED_PROMPT' | 'FAILED_PROMPT' }>,
  instance: DrillInstance,
  at: Instant,
  tally: Tally,
): DrillInstance {
  const { prompt } = instance;
  if (prompt.tries === 0) tally.time(instance, at - prompt.startedAt);
  if (event.type === 'FAILED_PROMPT') {
    tally.count(instance, 'wrong');
    tally.wrongAnswer(instance, event.response);
    if (event.abandoned) tally.count(instance, 'abandoned');
  } else if (event.graded) {
    tally.count(instance, 'passed');
    if (prompt.tries === 0) tally.count(instance, 'passed_first');
  } else tally.count(instance, 'noted');
  const waits = event.type === 'FAILED_PROMPT' && !event.abandoned;
  return { ...instance, prompt: { ...prompt, tries: prompt.tries + 1, waits } };
}

function end(instance: DrillInstance, how: Ending, at: Instant, tally: Tally): DrillInstance {
  if (how === 'completed') {
    tally.count(instance, 'completed');
    if (instance.prompt.waits) tally.count(instance, 'closed');
  } else if (instance.prompt.waits) tally.count(instance, `dropped_${how}`);
  return { ...instance, ended: { how, at } };
}

/** Adds up increments per row of a report. */
class Tally {
  readonly #increments = new Map<string, ReportIncrement>();
  readonly #wrongAnswers = new Map<string, WrongAnswerIncrement>();

  count(instance: DrillInstance, measure: Measure): void {
    const { counts } = this.#rowOf(instance);
    counts[measure] = (counts[measure] ?? 0) + 1;
  }

  /** In ms. */
  time(instance: DrillInstance, ms: number): void {
    const { answerTimes } = this.#rowOf(instance);
    const bucket = answerTimeBucket(ms);
    answerTimes[bucket] = (answerTimes[bucket] ?? 0) + 1;
  }

  wrongAnswer(instance: DrillInstance, response: string | null): void {
    const key = keyOf(instance);
    const { answer, example } = foldAnswer(response);
    // What has no words is nobody's.
    const by = answer === '' ? null : instance.phoneNumber;
    const name = JSON.stringify([Object.values(key), answer]);
    const row = this.#wrongAnswers.get(name);
    if (row === undefined) this.#wrongAnswers.set(name, { ...key, answer, example, onlyPhone: by, count: 1 });
    else {
      row.count += 1;
      if (row.onlyPhone !== by) row.onlyPhone = null;
    }
  }

  changes(): Pick<ReportChanges, 'increments' | 'wrongAnswers'> {
    return { increments: [...this.#increments.values()], wrongAnswers: [...this.#wrongAnswers.values()] };
  }

  #rowOf(instance: DrillInstance): ReportIncrement {
    const key = keyOf(instance);
    const name = JSON.stringify(Object.values(key));
    const known = this.#increments.get(name);
    if (known !== undefined) return known;
    const row = { ...key, place: instance.prompt.place, counts: {}, answerTimes: noAnswerTimes() };
    this.#increments.set(name, row);
    return row;
  }
}

const keyOf = ({ programmeSlug, drillSlug, drillVersion, prompt }: DrillInstance): ReportKey => ({
  ...{ programmeSlug, drillSlug, drillVersion },
  language: prompt.language,
  promptSlug: prompt.slug,
});
