import { leaveCampaigns } from '#shared/campaigns/leave.ts';
import type { Clock } from '#shared/clock.ts';
import { tellDialogs } from '#shared/contacts/news.ts';
import { holdFields, readFields } from '#shared/contacts/store.ts';
import { tellWhereabouts } from '#shared/contacts/whereabouts.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { isUniqueViolation, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { change, type Operation, reply } from '../http/operation.ts';
import { type Fault, Problem } from '../http/problem.ts';
import { checkVersion } from '../http/version.ts';
import { attributeFaults, type GivenAttributes, mergedAttributes } from './attributes.ts';
import { noSuchContact, parameters, tag } from './operation-parts.ts';
import {
  contactChangeSchema,
  contactSchema,
  newContactSchema,
  shownVersion,
  wireContact,
} from './schemas.ts';
import {
  type Contact,
  type ContactData,
  deleteContact,
  holdersOf,
  insertContact,
  lockContact,
  readContact,
  updateContact,
} from './store.ts';

/** Making, changing and deleting contacts. Each locks the phone before the contact, as erasing a person does. */
export const contactChanges = ({ clock }: { clock: Clock }): readonly Operation[] => [
  change({
    id: 'createContact',
    method: 'post',
    path: '/v1/contacts',
    tag,
    summary: 'Makes a contact',
    description:
      'The number is the person: no two contacts have one, and it is never changed. A national number is of the United States or Canada. A contact is no consent: `/v1/consents` records that.',
    access: 'operator',
    body: newContactSchema,
    replies: { 201: { description: 'The new contact', body: contactSchema, versioned: true } },
    problems: ['conflict'],
    furtherFaults: ({ body }, db) => faultsOfAttributes(body, db),
    handle: async ({ body: { phoneNumber, ...given } }, { tx, audit }) => {
      const data = dataOf(given, await attributesOf(tx, {}, given.attributes));
      await lockKnownPhones(tx, [phoneNumber]);
      const contactId = clock.newId();
      const contact = await insertContact(tx, { contactId, phoneNumber, data, now: clock.now() });
      if (contact === null) throw await takenProblem(tx, { phoneNumber, externalId: data.externalId });
      await tellWhereabouts(tx, phoneNumber, null, contact);
      await tellDialogs(tx, [phoneNumber], clock.now());
      audit({
        subject: 'contact',
        subjectId: contactId,
        action: 'created',
        before: null,
        after: { phoneNumber, fields: changedFields(NOTHING, contact) },
      });
      return reply(201, wireContact(contact), { version: shownVersion(contact) });
    },
  }),
  change({
    id: 'updateContact',
    method: 'patch',
    path: '/v1/contacts/{id}',
    tag,
    summary: 'Changes what is known of a contact',
    access: 'operator',
    requiresVersion: true,
    params: parameters,
    body: contactChangeSchema,
    replies: { 200: { description: 'The contact as it is now', body: contactSchema, versioned: true } },
    problems: ['not_found', 'conflict'],
    furtherFaults: ({ body }, db) => faultsOfAttributes(body, db),
    handle: async ({ body, ifMatch, params: { id } }, { tx, audit }) => {
      const before = await lockWithPhone(tx, id);
      checkVersion(before, ifMatch);
      const attributes = await attributesOf(tx, before.attributes, body.attributes ?? {});
      const data = dataOf({ ...before, ...defined(body) }, attributes);
      const { ofExternalId } = await holdersOf(tx, { phoneNumber: null, externalId: data.externalId }, id);
      if (ofExternalId !== null) throw externalIdTaken(ofExternalId);
      const contact = await updateContact(tx, { contactId: id, data, now: clock.now() }).catch(orTaken);
      const { phoneNumber } = contact;
      await tellWhereabouts(tx, phoneNumber, before, contact);
      await tellDialogs(tx, [phoneNumber], clock.now());
      const fields = changedFields(before, contact);
      audit({
        subject: 'contact',
        subjectId: id,
        action: 'updated',
        before: { phoneNumber },
        after: { phoneNumber, fields },
      });
      return reply(200, wireContact(contact), { version: shownVersion(contact) });
    },
  }),
  change({
    id: 'deleteContact',
    method: 'delete',
    path: '/v1/contacts/{id}',
    tag,
    summary: 'Deletes a contact',
    description:
      'It leaves its lists, and campaigns in which it waits: what no request was made for is not sent. Consent, suppressions and the message log belong to the number and stay.',
    access: 'operator',
    params: parameters,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'changed_meanwhile'],
    handle: async ({ ifMatch, params: { id } }, { tx, audit }) => {
      const found = await readContact(tx, id);
      if (found === null) throw noSuchContact();
      const campaignsLeft = await leaveCampaigns(tx, found);
      const contact = await lockContact(tx, id);
      if (contact === null) throw noSuchContact();
      checkVersion(contact, ifMatch);
      await deleteContact(tx, id);
      audit({
        subject: 'contact',
        subjectId: id,
        action: 'deleted',
        before: { phoneNumber: contact.phoneNumber },
        after: { campaignsLeft },
      });
      return reply(204, null);
    },
  }),
];

const faultsOfAttributes = async (body: unknown, db: Pool): Promise<Fault[]> => {
  const given: unknown = Reflect.get(Object(body), 'attributes');
  if (typeof given !== 'object' || given === null || Object.keys(given).length === 0) return [];
  return attributeFaults(given, await readFields(db));
};

/** Values as they are kept, of fields that stay at least to the end of the transaction. */
async function attributesOf(
  tx: Transaction,
  before: Contact['attributes'],
  given: GivenAttributes,
): Promise<Contact['attributes']> {
  const fields = await holdFields(tx, Object.keys(given));
  const faults = attributeFaults(given, fields);
  if (faults.length > 0)
    throw new Problem('invalid_request', 'The request has faults: see faults.', { faults });
  return mergedAttributes(before, given, fields);
}

/** Locks the phone, if it has a row, and then the contact. */
async function lockWithPhone(tx: Transaction, id: string): Promise<Contact> {
  const found = await readContact(tx, id);
  if (found === null) throw noSuchContact();
  await lockKnownPhones(tx, [found.phoneNumber]);
  const contact = await lockContact(tx, id);
  if (contact === null) throw noSuchContact();
  return contact;
}

const defined = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;

const dataOf = (
  given: Omit<ContactData, 'attributes'>,
  attributes: ContactData['attributes'],
): ContactData => ({
  externalId: given.externalId,
  name: given.name,
  language: given.language,
  timeZone: given.timeZone,
  state: given.state,
  postalCode: given.postalCode,
  lineType: given.lineType,
  attributes,
  tags: [...new Set(given.tags)],
});

const NOTHING: ContactData = {
  externalId: null,
  name: null,
  language: null,
  timeZone: null,
  state: null,
  postalCode: null,
  lineType: null,
  attributes: {},
  tags: [],
};

/** Names of what differs: never values, which the audit log could not forget with the person. */
function changedFields(before: ContactData, after: ContactData): string[] {
  const own = (Object.keys(NOTHING) as (keyof ContactData)[]).filter(
    (name) => name !== 'attributes' && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const names = new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)]);
  const added = [...names].filter((name) => before.attributes[name] !== after.attributes[name]);
  return [...own, ...added.sort().map((name) => `attributes.${name}`)];
}

/** Somebody gave the id to another contact at this moment. */
const orTaken = (error: unknown): never => {
  throw isUniqueViolation(error) ? new Problem('conflict', 'Another contact has this external id.') : error;
};

const externalIdTaken = (by: string): Problem =>
  new Problem('conflict', `Another contact has this external id: ${by}.`);

/** Why a contact could not be made. */
async function takenProblem(
  tx: Transaction,
  wanted: { phoneNumber: string; externalId: string | null },
): Promise<Problem> {
  const { ofExternalId, ofNumber } = await holdersOf(tx, wanted);
  if (ofNumber !== null) return new Problem('conflict', `A contact with this number is there: ${ofNumber}.`);
  if (ofExternalId !== null) return externalIdTaken(ofExternalId);
  // Whoever had it has been deleted since.
  return new Problem('conflict', 'Somebody changed contacts at this moment. Try it again.');
}
