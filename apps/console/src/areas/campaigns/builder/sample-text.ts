import type { Campaign, Contact } from '#shared/api-client/api-types.ts';
import { CAMPAIGN_NAME } from '#shared/campaigns/campaign-name.ts';
import { parseTemplate } from '#shared/campaigns/template.ts';
import type { OwnField } from '#shared/contacts/fields.ts';

/** Fields of every contact that make sense in a text. */
export const insertable = [
  'first_name',
  'name',
  'language',
  'postal_code',
  'state',
  'external_id',
] as const satisfies readonly OwnField[];

/** What a contact has for a field of a text; null: nothing. */
export function sampleValue(contact: Contact | undefined, field: string): string | null {
  if (contact === undefined) return null;
  const own: Partial<Record<string, string | null>> = {
    first_name: contact.name?.trim().split(/\s+/u)[0] ?? null,
    name: contact.name,
    language: contact.language,
    postal_code: contact.postalCode,
    state: contact.state,
    external_id: contact.externalId,
    phone_number: contact.phoneNumber,
    time_zone: contact.timeZone,
    line_type: contact.lineType,
  };
  if (Object.hasOwn(own, field)) return own[field] ?? null;
  const value = contact.attributes[field];
  return value === undefined ? null : String(value);
}

/** What texts may name of the campaign itself. */
export const ownValues = ({
  definition: { fields },
  name,
}: Pick<Campaign, 'name' | 'definition'>): Readonly<Record<string, string>> => ({
  ...fields,
  [CAMPAIGN_NAME]: name,
});

/**
 * A text as a contact would get it while it is still being written: what they lack is shown as its field. `own`: values of the
 * campaign.
 */
export const sampleText = (
  body: string,
  contact: Contact | undefined,
  own: Readonly<Record<string, string>> = {},
): string =>
  parseTemplate(body)
    .parts.map((part) => {
      if (part.kind === 'text') return part.text;
      const value = Object.hasOwn(own, part.name) ? own[part.name] : sampleValue(contact, part.name);
      return value ?? part.fallback ?? `[${part.name}]`;
    })
    .join('');
