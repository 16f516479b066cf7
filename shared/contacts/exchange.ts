import { parseZone } from '#shared/compliance/location/zone.ts';
import { normaliseLanguage } from '#shared/contracts/drill.ts';
import type { Profile, ProfileChange } from '#shared/contracts/profile.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { type ContactField, type FieldValue, readCell } from './fields.ts';
import { storeAsOf } from './store-as.ts';

/**
 * What a contact and a dialog both know of a person: name, language, time zone, and each field that the organisation added, which
 * is the answer of the same name. The contact is the one record of it (docs/decisions/0035): answers are written there, and the
 * dialog is told what stands there. All of it is pure.
 */

/** The part of a contact that a dialog knows too. */
export interface SharedData {
  name: string | null;
  language: string | null;
  timeZone: string | null;
  /** By the names of fields. */
  attributes: Readonly<Record<string, FieldValue>>;
}

/** One thing that both know. */
export interface SharedField {
  /** As filters of contacts name it. */
  field: string;
  /** As prompts name it in `storeAs`. */
  storeAs: string;
  /** What somebody wrote, as a value of the field; null: it is none. */
  read(text: string): FieldValue | null;
}

/** An answer that a prompt stored. */
export interface StoredAnswer {
  storeAs: string;
  answer: string;
  /** What the dialog knew in its place when the person answered; null: nothing. */
  before: string | null;
  /** Which answer it was. */
  programmeSlug: string | null;
  drillInstanceId: string;
  promptSlug: string;
  eventId: string;
  /** Business time, ISO 8601. */
  answeredAt: string;
}

/** An answer to a question about a field of the contact. */
export interface NotedAnswer extends StoredAnswer {
  field: string;
  /** What the contact has of it; null: the field cannot have it. */
  value: FieldValue | null;
}

const LONGEST_NAME = 200;
/** Values that an organisation added reach the dialog up to so many characters in all: they travel with its every event. */
const LONGEST_TOLD = 20_000;

const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

function readLanguage(text: string): string | null {
  const language = normaliseLanguage(text);
  return language !== null && languages.of(language) !== undefined ? language : null;
}

const readName = (text: string): string | null => {
  const name = text.trim();
  return name !== '' && name.length <= LONGEST_NAME ? name : null;
};

/** All that is shared: where two fields have one name in a dialog, the first has it. */
export function sharedFields(added: readonly ContactField[]): SharedField[] {
  const shared: SharedField[] = [
    { field: 'name', storeAs: 'name', read: readName },
    { field: 'language', storeAs: 'language', read: readLanguage },
    { field: 'time_zone', storeAs: 'timezone', read: parseZone },
  ];
  const taken = new Set(shared.map(({ storeAs }) => storeAs));
  for (const field of added) {
    const storeAs = storeAsOf(field.name);
    if (taken.has(storeAs)) continue;
    taken.add(storeAs);
    shared.push({
      field: field.name,
      storeAs,
      read: (text) => {
        const cell = text.trim();
        return cell === '' || !storableText.safeParse(cell).success ? null : readCell(field, cell);
      },
    });
  }
  return shared;
}

/** What the contact has of a field, by the name that filters use; null: nothing. */
export function sharedValue(contact: SharedData, field: string): FieldValue | null {
  switch (field) {
    case 'name':
      return contact.name;
    case 'language':
      // The dialog knows no more of it than two letters.
      return contact.language === null ? null : normaliseLanguage(contact.language);
    case 'time_zone':
      return contact.timeZone;
    default:
      return Object.hasOwn(contact.attributes, field) ? (contact.attributes[field] ?? null) : null;
  }
}

function withValue(contact: SharedData, { field }: SharedField, value: FieldValue): SharedData {
  switch (field) {
    case 'name':
      return { ...contact, name: String(value) };
    case 'language':
      return { ...contact, language: String(value) };
    case 'time_zone':
      return { ...contact, timeZone: String(value) };
    default:
      return { ...contact, attributes: { ...contact.attributes, [field]: value } };
  }
}

/** What a dialog knows of it, in its own words; null: nothing. */
export function knownAs(profile: Profile, storeAs: string): string | null {
  switch (storeAs) {
    case 'name':
    case 'language':
    case 'timezone':
      return profile[storeAs];
    default:
      return Object.hasOwn(profile.answers, storeAs) ? (profile.answers[storeAs] ?? null) : null;
  }
}

/**
 * Answers, in their order, as the contact takes them: whatever the contact had when the person was asked gives way; where
 * somebody has written something else there since, that stays. `noted` are the newest of each field that the contact took, or
 * that its field cannot have.
 */
export function takeAnswers(
  before: SharedData,
  answers: readonly StoredAnswer[],
  shared: readonly SharedField[],
): { contact: SharedData; noted: NotedAnswer[] } {
  const byName = new Map(shared.map((each) => [each.storeAs, each]));
  const noted = new Map<string, NotedAnswer>();
  let contact = before;
  for (const answer of answers) {
    const into = byName.get(answer.storeAs);
    if (into === undefined) continue;
    const has = sharedValue(contact, into.field);
    const wasSeen = has === null || (answer.before !== null && sameAs(into, answer.before, has));
    if (!wasSeen) continue;
    const value = into.read(answer.answer);
    noted.set(into.field, { ...answer, field: into.field, value });
    if (value !== null && value !== has) contact = withValue(contact, into, value);
  }
  return { contact, noted: [...noted.values()] };
}

/**
 * What a dialog has to be told so that it knows what the contact says; null: nothing. What the contact does not say stays as
 * the dialog has it. Told that, it has to be told nothing more.
 */
export function newsFor(
  profile: Profile,
  contact: SharedData,
  shared: readonly SharedField[],
): ProfileChange | null {
  const change: ProfileChange = {};
  const answers: Record<string, string> = {};
  let length = 0;
  for (const each of shared) {
    const value = sharedValue(contact, each.field);
    if (value === null) continue;
    const known = knownAs(profile, each.storeAs);
    const isOwn = each.storeAs === 'name' || each.storeAs === 'language' || each.storeAs === 'timezone';
    if (!isOwn) length += String(value).length;
    if (length > LONGEST_TOLD) break;
    if (known !== null && sameAs(each, known, value)) continue;
    if (isOwn) Object.assign(change, { [each.storeAs]: String(value) });
    else answers[each.storeAs] = String(value);
  }
  if (Object.keys(answers).length > 0) change.answers = answers;
  return Object.keys(change).length === 0 ? null : change;
}

/** What a dialog with somebody who has a contact begins with. */
export const beginningOf = (contact: SharedData, shared: readonly SharedField[]): ProfileChange =>
  newsFor(NOTHING_KNOWN, contact, shared) ?? {};

const NOTHING_KNOWN: Profile = {
  validated: false,
  optedOut: false,
  isDemo: false,
  name: null,
  language: '',
  timezone: null,
  accountInfo: {},
  answers: {},
};

/** Whether the words of a dialog say what a contact has. A value as it is written is always the same as itself. */
const sameAs = ({ read }: SharedField, words: string, value: FieldValue): boolean =>
  words === String(value) || read(words) === value;
