import { parseArgs } from 'node:util';
import { messageOf } from '#shared/errors.ts';
import type { RecordState, Selection } from '#shared/quarantine/selection.ts';
import { streamConsumers } from '#shared/topology.ts';
import type { RestoreWindow } from './restore/settle.ts';

/** Who sets records aside: the consumers of streams, and the gateway what never came onto one. */
const CONSUMERS = [...streamConsumers.map(({ consumer }) => consumer), 'gateway'].join(', ');

export const USAGE = `Records that could not be processed, and what follows the restore of a database.

  npm run ops -- quarantine list    [--consumer NAME] [--reason TEXT] [--state STATE]
  npm run ops -- quarantine show    ID
  npm run ops -- quarantine redrive ID...|--consumer NAME [--reason TEXT]|--all [--yes] [--by NAME]
  npm run ops -- quarantine discard ID...|--consumer NAME [--reason TEXT]|--all [--yes] [--by NAME] [--why TEXT]

  npm run ops -- restore settle     --since TIME --until TIME [--yes]

  redrive puts records on their stream again; discard settles them without. Without --yes both only say what they
  would do.

  --consumer NAME  of this consumer:
                   ${CONSUMERS}
  --reason TEXT    whose reason contains this
  --state STATE    quarantined, parked, redriven or discarded; list shows the first two by default
  restore settle keeps what went out between the two moments from going out again (docs/runbooks/database-restore.md).
  TIME is as 2026-11-26T10:00:00Z.

  --by NAME        who does it, for the record (default: your user name)
  --why TEXT       why it is discarded, for the record`;

export type Command =
  | { kind: 'help' }
  | { kind: 'list'; selection: Selection; states: readonly RecordState[] }
  | { kind: 'show'; id: number }
  | { kind: 'redrive' | 'discard'; selection: Selection; yes: boolean; by: string; why: string | null }
  | { kind: 'settle'; window: RestoreWindow; yes: boolean };

/** What keeps the command from being run as given: said in a line, without a stack. */
export class UsageError extends Error {}

/** A check found what it was made to find: said in a line, and the command ends with 1. */
export class FaultsFound extends Error {}

const STATES: readonly RecordState[] = ['quarantined', 'parked', 'redriven', 'discarded'];

/** Reads the command line. Throws UsageError. `user`: who it is when --by does not say. */
export function parseCommand(args: readonly string[], user: string): Command {
  const { positionals, values } = parse(args);
  if (values.help || args.length === 0) return { kind: 'help' };
  const [topic, action, ...rest] = positionals;
  if (topic === 'restore' && action === 'settle' && rest.length === 0) {
    const window = { since: timeOf(values.since), until: timeOf(values.until) };
    return { kind: 'settle', window, yes: values.yes };
  }
  if (topic !== 'quarantine') throw new UsageError(USAGE);
  const selection: Selection = {
    ids: rest.map(idOf),
    consumer: values.consumer ?? null,
    reason: values.reason ?? null,
  };
  const narrowed = selection.consumer !== null || selection.reason !== null;
  switch (action) {
    case 'list':
      if (rest.length > 0) throw new UsageError('list takes no ID: use show');
      return { kind: 'list', selection, states: values.state ? [stateOf(values.state)] : STATES.slice(0, 2) };
    case 'show': {
      const [id, ...others] = selection.ids;
      if (id === undefined || others.length > 0) throw new UsageError('show takes one ID');
      return { kind: 'show', id };
    }
    case 'redrive':
    case 'discard':
      if (selection.ids.length > 0 && (narrowed || values.all)) {
        throw new UsageError('give either IDs, or --consumer and --reason, or --all');
      }
      if (selection.ids.length === 0 && !narrowed && !values.all) {
        throw new UsageError(`say what to ${action}: IDs, --consumer NAME, --reason TEXT, or --all`);
      }
      return { kind: action, selection, yes: values.yes, by: values.by ?? user, why: values.why ?? null };
    default:
      throw new UsageError(USAGE);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        consumer: { type: 'string' },
        reason: { type: 'string' },
        state: { type: 'string' },
        by: { type: 'string' },
        why: { type: 'string' },
        since: { type: 'string' },
        until: { type: 'string' },
        all: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function idOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new UsageError(`${text} is not the ID of a record`);
  return Number(text);
}

/** With its zone: a time without one would be another moment on another machine. */
function timeOf(text: string | undefined): Date {
  const time = new Date(
    text !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) ? text : '',
  );
  if (Number.isNaN(time.getTime())) {
    throw new UsageError('restore settle takes --since and --until, each as 2026-11-26T10:00:00Z');
  }
  return time;
}

function stateOf(text: string): RecordState {
  const state = STATES.find((one) => one === text);
  if (state === undefined) throw new UsageError(`there is no state ${text}: ${STATES.join(', ')}`);
  return state;
}
