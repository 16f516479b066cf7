import { unguarded } from '#shared/csv/line.ts';
import type { CsvRow } from '#shared/csv/rows.ts';
import type { Columns } from '#shared/csv/table.ts';
import { toldPhoneNumber } from '#shared/phone/valid-phone-number.ts';
import { type ConsentChange, type ConsentGrant, consentChange, WHOLE_SENDER } from './change.ts';
import { faultOf, isScope } from './change-fault.ts';
import { numbersInTornRow } from './torn-row.ts';

export type ImportKind = 'suppressions' | 'consents';

/** No row of a list of people is larger; a file without line ends must not fill the memory. */
export const LONGEST_ROW_BYTES = 256 * 1024;

const common = ['scope', 'original_message', 'reason', 'external_id', 'tracking_id'];

/**
 * What the columns of a file are called. An export has the same, so that it can be imported elsewhere; `source` of a
 * suppression is not taken over, because here the source is an import.
 */
export const importColumns: Record<ImportKind, Columns> = {
  suppressions: { required: ['phone_number'], optional: ['requested_at', ...common, 'source'] },
  consents: {
    required: ['phone_number', 'granted', 'requested_at'],
    optional: [
      ...common,
      ...['source', 'method', 'wording', 'affirmative_action', 'url', 'ip', 'user_agent'],
    ],
  },
};

/** The grants by the words of the `granted` column, which holds them with spaces or semicolons between. */
const GRANTS: ReadonlyMap<string, ConsentGrant> = new Map(
  (['informational', 'marketing_in_writing', 'artificial_voice'] as const).map((grant) => [grant, grant]),
);

export type ReadRow =
  /** `notes`: what of it was taken for something else. Several changes: of several numbers. */
  | { kind: 'changes'; changes: readonly ConsentChange[]; notes: readonly string[] }
  | { kind: 'rejected'; reason: string };

interface ReadingFile {
  kind: ImportKind;
  country: 'US' | 'CA' | 'MX';
  now: Date;
  actor: string;
  /** Of the n-th change of this row, from 0. */
  changeIdOf(nth: number): string;
}

/**
 * The changes that a row stands for, or why it stands for none. `columns` says where each column is. Pure.
 *
 * Of a suppression the number alone decides: whoever is on the list is left alone whatever else the row says. A time that cannot be read
 * or lies in the future is that of the import, and a scope that is none is everything. Of a row with a cell too many or too few, or with a quote
 * too few, in which nobody knows what belongs where, every number is taken, as of now and for everything (torn-row.ts). A consent is read strictly.
 */
export function readRow(
  { line, cells, fault: unreadable, torn = [] }: CsvRow,
  columns: ReadonlyMap<string, number>,
  file: ReadingFile,
): ReadRow {
  if (unreadable !== null) {
    const fault = `not a row of this file: ${unreadable}`;
    const numbers =
      file.kind === 'suppressions' ? numbersInTornRow(torn, columns.get('phone_number') ?? 0, file) : [];
    if (numbers.length === 0) return rejected(fault);
    const whole = new Map([['phone_number', 0]]);
    const changes = numbers.flatMap((number, nth) => {
      const changeIdOf = (): string => file.changeIdOf(nth);
      const read = readRow({ line, cells: [number], fault: null }, whole, { ...file, changeIdOf });
      return read.kind === 'changes' ? read.changes : [];
    });
    return { kind: 'changes', changes, notes: [`${fault}; suppressed: ${numbers.join(', ')}`] };
  }
  const text = (column: string): string | null => {
    const at = columns.get(column);
    const cell = at === undefined ? undefined : cells[at];
    return cell === undefined || cell === '' ? null : unguarded(cell);
  };
  const phoneNumber = toldPhoneNumber(text('phone_number') ?? '', { country: file.country });
  if (phoneNumber === null)
    return rejected(`${JSON.stringify(text('phone_number') ?? '')} is no phone number`);
  const isConsent = file.kind === 'consents';
  const requested = requestedAtOf(text('requested_at'), file.now);
  const scope = scopeOf(text('scope'));
  const notes = [requested.fault, scope.fault].filter((fault) => fault !== null);
  const [fault] = notes;
  if (isConsent && fault !== undefined) return rejected(fault);
  const granted = grantsOf(text('granted'));
  if (granted === null) return rejected(`granted must be of: ${[...GRANTS.keys()].join(', ')}`);
  if (isConsent && granted.length === 0) return rejected('a consent grants something');
  const source = isConsent ? (text('source') ?? text('reason')) : text('reason');
  const wording = isConsent ? text('wording') : null;
  if (isConsent) {
    const unasserted = unassertedBecause({ source, wording, method: text('method') });
    if (unasserted !== null) return rejected(unasserted);
  }
  const change = consentChange({
    changeId: file.changeIdOf(0),
    phoneNumber,
    status: isConsent ? 'opted_in' : 'opted_out',
    method: 'import',
    scope: scope.value,
    granted: isConsent ? granted : [],
    requestedAt: requested.value,
    originalMessage: text('original_message'),
    cause: source ?? `line ${line} of an import`,
    actor: file.actor,
    externalId: text('external_id'),
    trackingId: text('tracking_id'),
    evidence: isConsent
      ? {
          wording,
          affirmativeAction: text('affirmative_action'),
          url: text('url'),
          ip: text('ip'),
          userAgent: text('user_agent'),
        }
      : null,
  });
  const unrecordable = faultOf(change);
  return unrecordable === null ? { kind: 'changes', changes: [change], notes } : rejected(unrecordable);
}

const rejected = (reason: string): ReadRow => ({ kind: 'rejected', reason });

/** Ways in which people consent by their own text, where nobody showed them anything. */
const BY_TEXT: readonly (string | null)[] = ['sms', 'carrier'];

/**
 * Whoever enrols people from a list asserts their consent: where it comes from and what they were shown. Without that
 * none is recorded, and nothing that is planned goes to them (47 CFR 64.1200(a)(1); the sender has to prove consent).
 */
function unassertedBecause(asserted: {
  source: string | null;
  wording: string | null;
  method: string | null;
}): string | null {
  if (asserted.source === null) return 'it does not say where the consent comes from: source is empty';
  if (asserted.wording !== null || BY_TEXT.includes(asserted.method)) return null;
  return 'it does not say what the person was shown: wording is empty, and method is not sms';
}

/** A day alone is its first instant (UTC): the earliest that it may mean. */
const ISO_8601 = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** What a cell is taken for, and what is wrong with it where that is not what it says. */
interface Taken<T> {
  value: T;
  fault: string | null;
}

function requestedAtOf(text: string | null, now: Date): Taken<Date> {
  if (text === null) return { value: now, fault: null };
  const instant = new Date(text);
  if (!ISO_8601.test(text) || Number.isNaN(instant.getTime())) {
    return { value: now, fault: 'requested_at is no ISO 8601 instant, like 2026-11-26T15:04:05Z' };
  }
  return instant > now
    ? { value: now, fault: 'requested_at lies in the future' }
    : { value: instant, fault: null };
}

function scopeOf(text: string | null): Taken<string> {
  if (text === null) return { value: WHOLE_SENDER, fault: null };
  return isScope(text)
    ? { value: text, fault: null }
    : { value: WHOLE_SENDER, fault: 'the scope is neither "sender" nor the name of a topic' };
}

function grantsOf(text: string | null): ConsentGrant[] | null {
  const words = (text ?? '').split(/[\s;]+/).filter((word) => word !== '');
  const grants = words.flatMap((word) => GRANTS.get(word) ?? []);
  return grants.length === words.length ? [...new Set(grants)] : null;
}
