import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { render } from '#shared/drills/template.ts';
import { drillInstanceIdOf, drillStartCommandId, nothingMoreCommandId } from '#shared/identity.ts';
import { textFor } from '#shared/texts/texts.ts';

/** A drill that a person of a programme was given. Instants are ISO 8601 in UTC. */
export interface ProgressRow {
  drillSlug: string;
  drillInstanceId: string;
  /** The start was asked for. */
  requestedAt: string;
  startedAt: string | null;
  /** Once completed, a drill stays so, also while it is repeated. */
  completedAt: string | null;
  /** On the row of the programme's last drill: the person was told that there is nothing more, and began nothing since. */
  nothingMoreAt: string | null;
}

/** What a batch of events makes of one person's progress in one programme. */
export interface ProgressStep {
  /** Rows that are new or changed, as they are now. */
  written: ProgressRow[];
  /** Drills whose rows are gone. */
  removed: string[];
  commands: DialogCommand[];
}

/**
 * A request that has not come to a start yet keeps a second one from starting the drill twice (two texts of "more" in
 * a row). After this time, in ms, it is taken for refused, and may be asked for again.
 */
const PENDING_MS = 60_000;

/** The drill to go on with: the first that was not started, else the first that was not completed, else none. */
export function nextDrill(order: readonly string[], rows: readonly ProgressRow[]): string | null {
  const bySlug = new Map(rows.map((row) => [row.drillSlug, row]));
  return (
    order.find((slug) => !bySlug.get(slug)?.startedAt) ??
    order.find((slug) => !bySlug.get(slug)?.completedAt) ??
    null
  );
}

/**
 * Follows one batch of events. Pure. `rows` are the person's in this programme. Commands have ids that derive from the
 * batch, so that following it again asks for nothing new; what goes out because of them answers what the batch answers.
 */
export function followBatch(
  batch: DialogEventBatch,
  programme: Programme,
  rows: readonly ProgressRow[],
): ProgressStep {
  const progress = new Map(rows.map((row) => [row.drillSlug, row]));
  const commands: DialogCommand[] = [];
  for (const event of batch.events) {
    record(progress, event);
    const slug = drillAskedFor(event, programme, [...progress.values()]);
    if (slug === undefined) continue;
    if (slug === null) {
      if (tell(progress, programme, batch.occurredAt)) commands.push(nothingMore(batch, programme));
    } else if (!isPending(progress.get(slug), batch.occurredAt)) {
      const command = startOf(batch, slug, programme);
      commands.push(command);
      progress.set(
        slug,
        requested(progress.get(slug), slug, command.payload.drillInstanceId, batch.occurredAt),
      );
    }
  }
  const before = new Map(rows.map((row) => [row.drillSlug, row]));
  return {
    written: [...progress.values()].filter((row) => before.get(row.drillSlug) !== row),
    removed: rows.map((row) => row.drillSlug).filter((slug) => !progress.has(slug)),
    commands,
  };
}

/** The drill that answers an event; null: there is none left; undefined: nothing is to be answered. */
function drillAskedFor(
  event: DialogEvent,
  { drills, requests }: Programme,
  rows: readonly ProgressRow[],
): string | null | undefined {
  switch (event.type) {
    case 'USER_VALIDATED':
    case 'NEXT_DRILL_REQUESTED':
      return nextDrill(drills, rows);
    case 'NAME_CHANGE_REQUESTED':
      return requests.name;
    case 'LANGUAGE_CHANGE_REQUESTED':
      return requests.language;
    case 'SCHEDULING_REQUESTED':
      return requests.schedule;
    default:
      return undefined;
  }
}

/**
 * Rows of another programme of the person: what the batch completes of a drill that began when the number was that
 * programme's. Returns those that changed.
 */
export function followElsewhere(batch: DialogEventBatch, rows: readonly ProgressRow[]): ProgressRow[] {
  const progress = new Map(rows.map((row) => [row.drillSlug, row]));
  for (const event of batch.events) if (event.type === 'DRILL_COMPLETED') record(progress, event);
  const completes = batch.events.some(
    (event) =>
      event.type === 'DRILL_COMPLETED' &&
      rows.some(({ drillInstanceId }) => drillInstanceId === event.drillInstanceId),
  );
  return completes ? [...progress.values()].filter((row) => !rows.includes(row)) : [];
}

/** Whether the person is to be told that there is nothing more: once, until a drill starts or ends, or they are back. */
function tell(progress: Map<string, ProgressRow>, programme: Programme, now: string): boolean {
  // There is nothing more only when each drill has its row.
  const last = progress.get(programme.drills.at(-1) ?? '');
  if (!last || [...progress.values()].some((row) => row.nothingMoreAt !== null)) return false;
  progress.set(last.drillSlug, { ...last, nothingMoreAt: now });
  return true;
}

function forgetTelling(progress: Map<string, ProgressRow>): void {
  for (const [slug, row] of progress) {
    if (row.nothingMoreAt !== null) progress.set(slug, { ...row, nothingMoreAt: null });
  }
}

/** What happened to drills, whoever asked for them. */
function record(progress: Map<string, ProgressRow>, event: DialogEvent): void {
  switch (event.type) {
    case 'USER_VALIDATED':
      progress.clear();
      return;
    case 'OPTED_OUT':
      forgetTelling(progress);
      // A start on its way will be refused: it may be asked for again as soon as the person is back.
      for (const [slug, row] of progress) {
        if (row.startedAt === null) progress.delete(slug);
        else if (isWaiting(row)) progress.set(slug, { ...row, requestedAt: row.startedAt });
      }
      return;
    case 'DRILL_STARTED': {
      forgetTelling(progress);
      const { drillInstanceId, occurredAt } = event;
      const row = requested(progress.get(event.drill.slug), event.drill.slug, drillInstanceId, occurredAt);
      progress.set(event.drill.slug, { ...row, startedAt: occurredAt });
      return;
    }
    case 'DRILL_COMPLETED':
      forgetTelling(progress);
      for (const [slug, row] of progress) {
        if (row.drillInstanceId === event.drillInstanceId) {
          progress.set(slug, { ...row, completedAt: row.completedAt ?? event.occurredAt });
        }
      }
      return;
    default:
      return;
  }
}

/** A row with another instance; the first request and what was done before stay. */
const requested = (
  row: ProgressRow | undefined,
  drillSlug: string,
  drillInstanceId: string,
  at: string,
): ProgressRow => ({
  drillSlug,
  drillInstanceId,
  requestedAt: row && row.drillInstanceId === drillInstanceId ? row.requestedAt : at,
  startedAt: row?.startedAt ?? null,
  completedAt: row?.completedAt ?? null,
  nothingMoreAt: row?.nothingMoreAt ?? null,
});

const isWaiting = (row: ProgressRow): boolean => row.startedAt === null || row.startedAt < row.requestedAt;

const isPending = (row: ProgressRow | undefined, now: string): boolean =>
  row !== undefined && isWaiting(row) && Date.parse(now) - Date.parse(row.requestedAt) < PENDING_MS;

function startOf(
  batch: DialogEventBatch,
  drillSlug: string,
  { slug: programmeSlug }: Programme,
): Extract<DialogCommand, { type: 'START_DRILL' }> {
  const { phoneNumber, occurredAt, origin } = batch;
  const commandId = drillStartCommandId(phoneNumber, drillSlug, batch.batchId);
  const payload = { drillSlug, drillInstanceId: drillInstanceIdOf(commandId), origin, programmeSlug };
  return { type: 'START_DRILL', commandId, phoneNumber, occurredAt, payload };
}

function nothingMore(batch: DialogEventBatch, programme: Programme): DialogCommand {
  const { phoneNumber, occurredAt, origin, profileAfter: profile } = batch;
  const text = textFor('nothingMore', profile.language, programme) ?? '';
  const body = render(text, { profile, programme, correctAnswer: null });
  const commandId = nothingMoreCommandId(batch.batchId);
  return { type: 'SEND_AD_HOC_MESSAGE', commandId, phoneNumber, occurredAt, payload: { body, origin } };
}
