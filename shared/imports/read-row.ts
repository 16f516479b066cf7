import { parseZone } from '#shared/compliance/location/zone.ts';
import { type ConsentChange, WHOLE_SENDER } from '#shared/consent/change.ts';
import { readRow as readConsentRow } from '#shared/consent/import-row.ts';
import { numbersInTornRow } from '#shared/consent/torn-row.ts';
import { type ContactField, type FieldValue, readCell } from '#shared/contacts/fields.ts';
import { unguarded } from '#shared/csv/line.ts';
import { importedChangeId } from '#shared/identity.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { toldPhoneNumber, validPhoneNumber } from '#shared/phone/valid-phone-number.ts';
import { ATTRIBUTE, type Mapping } from './columns.ts';
import { type ImportKind, type ImportOptions, MAX_TAGS, tagSchema } from './options.ts';
import { readState } from './state-names.ts';

/** A row that can be taken in. What the file leaves empty, or has no column for, is null. */
export interface ValidRow {
  rowNumber: number;
  phoneNumber: PhoneNumber;
  /** Of a suppression; empty for a contact. */
  scope: string;
  externalId: string | null;
  name: string | null;
  language: string | null;
  timeZone: string | null;
  state: string | null;
  postalCode: string | null;
  attributes: Readonly<Record<string, FieldValue>>;
  tags: readonly string[];
  /** Cells that a change of consent is made of, by the names of an import of consents; null: it says nothing of it. */
  consent: ConsentCells | null;
}
export type ConsentCells = Readonly<Record<string, string>>;

export interface RowFault {
  rowNumber: number;
  /** Of the column, from 0; `WHOLE_ROW`. */
  place: number;
  reason: string;
  /** What stands there, cut short. */
  value: string | null;
  /** Of the row, where it has a valid one: whose the value is. */
  phoneNumber: PhoneNumber | null;
}
export const WHOLE_ROW = -1;

export type ReadRow = { kind: 'row'; row: ValidRow } | { kind: 'faults'; faults: RowFault[] };

/** What rows of one import are read by. */
export interface Reading {
  kind: ImportKind;
  mapping: Mapping;
  options: ImportOptions;
  fields: readonly ContactField[];
  /** Business time. */
  now: Date;
}

/** Cells that only a file gone wrong has more in. */
const LONGEST = { external_id: 200, name: 200 };
const SHOWN_OF_VALUE = 120;
const LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ english: 'en', ingles: 'en', inglés: 'en', spanish: 'es', español: 'es', espanol: 'es' },
    ...{ castellano: 'es', french: 'fr', français: 'fr', francés: 'fr', portuguese: 'pt', português: 'pt' },
  }),
);
const LANGUAGE = /^[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*$/i;
/** A state or province as people write it: "QC", "Edo. Méx.", "Île-du-Prince-Édouard". */
const REGION = /^\p{L}[\p{L}\p{M} .'\u2019-]{0,39}$/u;
const POSTAL_CODE = /^[a-z0-9](?:[a-z0-9 -]{0,10}[a-z0-9])?$/i;
/** Of New England, as spreadsheets leave them: without their first zeros. */
const SHORT_ZIP = /^\d{3,4}$/;

/**
 * Reads rows of one import: what each stands for, or everything that is wrong with it, cell by cell. A number is taken if
 * and only if it is valid (`validPhoneNumber`). Texts that an export has guarded from spreadsheets lose their apostrophe.
 * Pure.
 */
export function rowReader(reading: Reading): (rowNumber: number, cells: readonly string[]) => ReadRow {
  const { fields, kind, mapping, options } = reading;
  const places = new Map(mapping.flatMap((target, place) => (target === null ? [] : [[target, place]])));
  const attributes = fields.flatMap((field) => {
    const place = places.get(ATTRIBUTE + field.name);
    return place === undefined ? [] : [{ field, place }];
  });
  const tellsConsent = consentTargets.some((target) => places.has(target));
  // Whoever is on a list of suppressions is left alone, also under a number that its country does not give out.
  const numberOf = kind === 'contacts' ? validPhoneNumber : toldPhoneNumber;
  const reads = {
    language: remembered(languageOf),
    timeZone: remembered(parseZone),
    state: remembered((cell) => (options.country === 'US' ? readState(cell) : regionOf(cell))),
    tags: remembered(tagsOf),
  };
  return (rowNumber, cells) => {
    const faults: RowFault[] = [];
    const text = (target: string): string | null => {
      const place = places.get(target);
      const cell = place === undefined ? undefined : cells[place];
      return cell === undefined || cell === '' ? null : unguarded(cell).trim() || null;
    };
    const phoneNumber = numberOf(text('phone_number') ?? '', { country: options.country });
    const fault = (place: number, reason: string): void => {
      const value = place < 0 ? null : (cells[place] ?? '').slice(0, SHOWN_OF_VALUE).toWellFormed();
      faults.push({ rowNumber, place, reason, value, phoneNumber });
    };
    const at = (target: string): number => places.get(target) ?? WHOLE_ROW;
    if (phoneNumber === null) {
      fault(
        at('phone_number'),
        text('phone_number') === null ? 'has no phone number' : 'is no valid phone number',
      );
    }
    /** What a cell is read as; a fault where it is nothing. */
    const read = <T>(target: string, as: (cell: string) => T | null, wanted: string): T | null => {
      const cell = text(target);
      if (cell === null) return null;
      const value = as(cell);
      if (value === null) fault(at(target), wanted);
      return value;
    };
    const asked = { phoneNumber, rowNumber, text };
    let row: ValidRow | null = null;
    if (kind === 'suppressions') {
      const { cells: consent, fault: wrong, scope } = suppressionOf(asked, reading);
      if (wrong !== null) fault(WHOLE_ROW, wrong);
      if (phoneNumber !== null)
        row = { ...NOTHING_ELSE, attributes: {}, tags: [], rowNumber, phoneNumber, scope, consent };
    } else {
      const externalId = read(
        'external_id',
        within(LONGEST.external_id),
        `is longer than ${LONGEST.external_id} characters`,
      );
      const name = nameOf(text);
      if (name !== null && name.length > LONGEST.name) {
        fault(places.get('name') ?? at('first_name'), `is longer than ${LONGEST.name} characters`);
      }
      const language = read('language', reads.language, 'is no language: write it as en or es');
      const timeZone = read('time_zone', reads.timeZone, 'is no time zone: write it as America/New_York');
      const state = read(
        'state',
        reads.state,
        options.country === 'US'
          ? 'is no state of the United States: write it as CA or California'
          : 'is no state or province: write it in letters, 40 at most',
      );
      const postalCode = read(
        'postal_code',
        (cell) => postalCodeOf(cell, options.country),
        'is no postal code',
      );
      const tags = read(
        'tags',
        reads.tags,
        `has a tag of more than 60 characters, or more than ${MAX_TAGS} tags`,
      );
      const values: Record<string, FieldValue> = {};
      for (const { field, place } of attributes) {
        const cell = unguarded(cells[place] ?? '').trim();
        if (cell === '') continue;
        const value = readCell(field, cell);
        if (value === null) fault(place, `is no value of the field ${field.name} (${wordsOf(field)})`);
        else values[field.name] = value;
      }
      const consent = tellsConsent ? consentOf({ ...asked, externalId }, reading) : NO_CONSENT;
      if (consent.fault !== null) {
        const shown = consentTargets.find((target) => places.has(target));
        fault(shown === undefined ? WHOLE_ROW : at(shown), `consent: ${consent.fault}`);
      }
      if (phoneNumber !== null) {
        row = {
          ...{ rowNumber, phoneNumber, scope: '', externalId, name, language, timeZone, state, postalCode },
          ...{ attributes: values, tags: tags ?? NO_TAGS, consent: consent.cells },
        };
      }
    }
    return row === null || faults.length > 0 ? { kind: 'faults', faults } : { kind: 'row', row };
  };
}

/**
 * Rows for the numbers of a row of suppressions whose cells are not where they belong (shared/consent/torn-row.ts), one for each; of contacts none.
 * Pure.
 */
export function readTorn(
  { kind, mapping, options }: Pick<Reading, 'kind' | 'mapping' | 'options'>,
  rowNumber: number,
  cells: readonly string[],
): ValidRow[] {
  if (kind !== 'suppressions') return [];
  const numbers = numbersInTornRow(cells, mapping.indexOf('phone_number'), options);
  return numbers.map((phoneNumber, nth) => ({
    ...NOTHING_ELSE,
    attributes: {},
    tags: NO_TAGS,
    rowNumber,
    phoneNumber,
    scope: WHOLE_SENDER,
    consent: cellsOfNth(nth),
  }));
}

/** Beside the cells of a change: which number of its row it is of, from 0. Left out: of the first. */
const NTH_OF_ROW = 'nth_of_row';
const cellsOfNth = (nth: number): ConsentCells => (nth === 0 ? {} : { [NTH_OF_ROW]: String(nth) });

const NO_TAGS: readonly string[] = [];
const NOTHING_ELSE = {
  externalId: null,
  name: null,
  language: null,
  timeZone: null,
  state: null,
  postalCode: null,
} as const;

/** Values of cells that are remembered: a file has few zones, states, languages and combinations of tags, in many rows. */
const REMEMBERED = 1_000;

function remembered<T>(read: (cell: string) => T): (cell: string) => T {
  const known = new Map<string, T>();
  return (cell) => {
    const before = known.get(cell);
    if (before !== undefined) return before;
    const value = read(cell);
    if (known.size < REMEMBERED) known.set(cell, value);
    return value;
  };
}

const within =
  (most: number) =>
  (cell: string): string | null =>
    cell.length <= most ? cell : null;

type Text = (target: string) => string | null;

function nameOf(text: Text): string | null {
  const whole = text('name');
  if (whole !== null) return whole;
  const parts = [text('first_name'), text('last_name')].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' ');
}

/** "English", "en", "EN_us": as BCP 47. */
function languageOf(cell: string): string | null {
  const named = LANGUAGES.get(cell.toLowerCase());
  if (named !== undefined) return named;
  if (!LANGUAGE.test(cell)) return null;
  try {
    return Intl.getCanonicalLocales(cell.replaceAll('_', '-'))[0] ?? null;
  } catch (error) {
    // What Intl throws for a text that is no tag; there is no way to ask first.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const regionOf = (cell: string): string | null => (REGION.test(cell) ? cell : null);

function postalCodeOf(cell: string, country: ImportOptions['country']): string | null {
  if (country === 'US' && SHORT_ZIP.test(cell)) return cell.padStart(5, '0');
  return POSTAL_CODE.test(cell) ? cell.toUpperCase() : null;
}

function tagsOf(cell: string): string[] | null {
  const tags = [
    ...new Set(
      cell
        .split(/[;,|]/)
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ];
  return tags.length <= MAX_TAGS && tags.every((tag) => tagSchema.safeParse(tag).success) ? tags : null;
}

const wordsOf = ({ choices, type }: ContactField): string =>
  type === 'choice'
    ? `one of ${choices.join(', ')}`
    : type === 'date'
      ? 'a date, as 2026-11-26'
      : `a ${type}`;

interface Asked {
  rowNumber: number;
  phoneNumber: PhoneNumber | null;
  text: Text;
}

const consentTargets = [
  'consent_source',
  'consent_wording',
  'consent_timestamp',
  'consent_granted',
  'consent_method',
  'consent_action',
] as const;

/** Names of the cells of a change of consent, by what the columns of an import of contacts are called. */
const CONSENT_CELLS = {
  consent_source: 'source',
  consent_wording: 'wording',
  consent_timestamp: 'requested_at',
  consent_granted: 'granted',
  consent_method: 'method',
  consent_action: 'affirmative_action',
} as const satisfies Record<(typeof consentTargets)[number], string>;

const NO_CONSENT = { cells: null, fault: null };

/** The consent that a row asserts; what it must say is the business of `shared/consent`. */
function consentOf(
  { externalId, phoneNumber, rowNumber, text }: Asked & { externalId: string | null },
  reading: Reading,
): { cells: ConsentCells | null; fault: string | null } {
  const cells: Record<string, string> = {};
  for (const target of consentTargets) {
    const cell = text(target);
    if (cell !== null) cells[CONSENT_CELLS[target]] = cell;
  }
  if (Object.keys(cells).length === 0) return NO_CONSENT;
  if (cells.requested_at === undefined) return { cells: null, fault: 'it does not say when it was given' };
  cells.granted ??= reading.options.granted.join(' ');
  if (externalId !== null) cells.external_id = externalId;
  // A row without a number is at fault already.
  if (phoneNumber === null) return NO_CONSENT;
  const read = changeOf(cells, { kind: 'contacts', phoneNumber, rowNumber, now: reading.now, actor: '' });
  return read.kind === 'change' ? { cells, fault: null } : { cells: null, fault: read.reason };
}

function suppressionOf(
  { phoneNumber, rowNumber, text }: Asked,
  { now }: Reading,
): { cells: ConsentCells; scope: string; fault: string | null } {
  const cells: Record<string, string> = {};
  for (const name of [
    'scope',
    'reason',
    'requested_at',
    'original_message',
    'external_id',
    'tracking_id',
  ] as const) {
    const cell = text(name);
    if (cell !== null) cells[name] = cell;
  }
  if (phoneNumber === null) return { cells, scope: '', fault: null };
  const read = changeOf(cells, { kind: 'suppressions', phoneNumber, rowNumber, now, actor: '' });
  return read.kind === 'change'
    ? { cells, scope: read.change.scope, fault: null }
    : { cells, scope: '', fault: read.reason };
}

/**
 * The change of consent that the cells of a row stand for, or why they stand for none. `file` names the file and how it
 * is read: the same row of it makes the same change, however often it is imported.
 */
export function changeOf(
  cells: ConsentCells,
  row: {
    kind: ImportKind;
    phoneNumber: PhoneNumber;
    rowNumber: number;
    now: Date;
    actor: string;
    file?: string;
  },
): { kind: 'change'; change: ConsentChange } | { kind: 'rejected'; reason: string } {
  const named = Object.entries({ ...cells, phone_number: row.phoneNumber });
  const read = readConsentRow(
    { line: row.rowNumber, cells: named.map(([, cell]) => cell), fault: null },
    new Map(named.map(([name], place) => [name, place])),
    {
      kind: row.kind === 'contacts' ? 'consents' : 'suppressions',
      country: 'US',
      now: row.now,
      actor: row.actor,
      changeIdOf: () => importedChangeId(row.file ?? '', row.rowNumber, Number(cells[NTH_OF_ROW] ?? 0)),
    },
  );
  if (read.kind === 'rejected') return read;
  const [change] = read.changes;
  // Only a row whose cells are not where they belong stands for several, or none.
  if (change === undefined) throw new Error('a row of one number stands for no change');
  return { kind: 'change', change };
}
