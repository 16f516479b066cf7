import { isOwnField } from '#shared/contacts/fields.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/** Somebody of an audience, with what texts and the gate may want to know. */
export interface Member {
  contactId: string;
  phoneNumber: PhoneNumber;
  variant: number;
  /** Messages written before this one. */
  plans: number;
  /** Of those, how many were at the carrier. */
  attempts: number;
  /** Where it was: what is decided again and is no news is not kept again. */
  state: 'pending' | 'held';
  rule: string | null;
  /** Of a ladder, the step that they are on; null: there is none, or nobody has begun to climb it. */
  step: number | null;
  externalId: string | null;
  name: string | null;
  language: string | null;
  timeZone: string | null;
  /** Of the address. */
  usState: string | null;
  postalCode: string | null;
  lineType: string | null;
  attributes: Readonly<Record<string, unknown>>;
}

/** The value that a placeholder stands for; null: it is not known. */
export function memberValue(member: Member, field: string): string | null {
  if (!isOwnField(field)) {
    // Its own: a field may be called "constructor".
    const value = Object.hasOwn(member.attributes, field) ? member.attributes[field] : null;
    return value === undefined || value === null ? null : String(value);
  }
  switch (field) {
    case 'phone_number':
      return member.phoneNumber;
    case 'external_id':
      return member.externalId;
    case 'name':
      return member.name;
    case 'first_name':
      return member.name?.trim().split(/\s+/u)[0] ?? null;
    case 'language':
      return member.language;
    case 'time_zone':
      return member.timeZone;
    case 'state':
      return member.usState;
    case 'postal_code':
      return member.postalCode;
    case 'line_type':
      return member.lineType;
    default:
      // What a contact said, and when it was made: nothing for a text that everybody gets.
      return null;
  }
}

const OWN_OF_CONTACT = `contact.external_id, contact.name, contact.language, contact.time_zone, contact.state AS us_state,
  contact.postal_code, contact.line_type`;

/** What is read of a contact, of statements that join `contact`. */
export const OF_CONTACT = `${OWN_OF_CONTACT}, contact.attributes`;

/**
 * The same with no other attributes than those that are named by `names`, an array in SQL: a contact may have a hundred
 * kilobytes of them.
 */
export const ofContactOnly = (names: string): string => `${OWN_OF_CONTACT},
  (SELECT jsonb_object_agg(key, value) FROM jsonb_each(contact.attributes) WHERE key = ANY (${names}::text[])) AS attributes`;

export interface MemberRow {
  contact_id: string;
  phone_number: PhoneNumber;
  variant: number;
  plans: number;
  attempts: number;
  state: Member['state'];
  rule: string | null;
  step: number | null;
  external_id: string | null;
  name: string | null;
  language: string | null;
  time_zone: string | null;
  us_state: string | null;
  postal_code: string | null;
  line_type: string | null;
  /** Null: there is no such contact any more, or it has none of them. */
  attributes: Record<string, unknown> | null;
}

export const memberOf = (row: MemberRow): Member => ({
  contactId: row.contact_id,
  phoneNumber: row.phone_number,
  variant: row.variant,
  plans: row.plans,
  attempts: row.attempts,
  state: row.state,
  rule: row.rule,
  step: row.step,
  externalId: row.external_id,
  name: row.name,
  language: row.language,
  timeZone: row.time_zone,
  usState: row.us_state,
  postalCode: row.postal_code,
  lineType: row.line_type,
  attributes: row.attributes ?? {},
});
