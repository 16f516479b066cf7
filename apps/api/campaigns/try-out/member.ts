import type { Member } from '#shared/campaigns/audience-member.ts';
import { isOwnField, type OwnField } from '#shared/contacts/fields.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/** Values that stand in for those of a contact, by the names that texts use. */
export type GivenValues = Readonly<Record<string, string>>;

type Place = Extract<
  keyof Member,
  'externalId' | 'name' | 'language' | 'timeZone' | 'usState' | 'postalCode' | 'lineType'
>;

/** Own fields that a value may be given for, and where it goes. The first name is the first word of the name. */
const placeOf: Readonly<Partial<Record<OwnField, Place>>> = {
  external_id: 'externalId',
  name: 'name',
  first_name: 'name',
  language: 'language',
  time_zone: 'timeZone',
  state: 'usState',
  postal_code: 'postalCode',
  line_type: 'lineType',
};

/** Somebody with these values, over those of a contact where one was chosen, who reads the text on this number. */
export function pretended(
  contact: Member | null,
  values: GivenValues,
  { phoneNumber, variant }: { phoneNumber: PhoneNumber; variant: number },
): Member {
  const own: Partial<Record<Place, string>> = {};
  const attributes: Record<string, unknown> = { ...contact?.attributes };
  for (const [field, value] of Object.entries(values)) {
    if (!isOwnField(field)) attributes[field] = value;
    else if (field === 'name' || !('name' in values && field === 'first_name')) {
      const place = placeOf[field];
      if (place !== undefined) own[place] = value;
    }
  }
  return { ...(contact ?? NOBODY), ...own, attributes, phoneNumber, variant };
}

const NOBODY: Omit<Member, 'phoneNumber'> = {
  contactId: '00000000-0000-0000-0000-000000000000',
  variant: 0,
  plans: 0,
  attempts: 0,
  state: 'pending',
  rule: null,
  step: null,
  externalId: null,
  name: null,
  language: null,
  timeZone: null,
  usState: null,
  postalCode: null,
  lineType: null,
  attributes: {},
};
