import { z } from 'zod';
import { type ContactField, fieldNameSchema, isOwnField, LONGEST_VALUE } from '#shared/contacts/fields.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { CAMPAIGN_NAME } from './campaign-name.ts';
import type { CampaignFault, CampaignType, Definition } from './definition.ts';
import { fieldsOf, parseTemplate } from './template.ts';
import { mapTemplates, templatesOf } from './templates-of.ts';

/**
 * Fields that a campaign defines once for all its words, "clinic: North", and its name as `{{campaign_name}}`. They are put in before
 * anything else is done with the words, as if the author had written them there: links in them are links, their length and
 * their letters are those of the text. They are no templates themselves: one with braces is not put in, and is a fault.
 */

const MOST_FIELDS = 20;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

export const campaignFieldsSchema = z
  .record(z.string().regex(NAME), storableText.pipe(z.string().trim().min(1).max(LONGEST_VALUE)))
  .refine((fields) => Object.keys(fields).length <= MOST_FIELDS, `has more than ${MOST_FIELDS} fields`);

interface Written {
  name: string;
  definition: Pick<Definition, 'fields' | 'ladder' | 'variants'>;
}

const BRACE = /[{}]/u;

const valuesOf = ({ definition: { fields }, name }: Written): ReadonlyMap<string, string> =>
  new Map([[CAMPAIGN_NAME, name], ...Object.entries(fields)]);

/** A campaign whose words have its own fields put in; what they say of contacts is left. Pure; doing it twice changes nothing. */
export function withOwnFields<Campaign extends Written>(campaign: Campaign): Campaign {
  const values = valuesOf(campaign);
  return { ...campaign, definition: mapTemplates(campaign.definition, (text) => filled(text, values)) };
}

function filled(text: string, values: ReadonlyMap<string, string>): string {
  const { malformed, parts } = parseTemplate(text);
  // Beside what is no placeholder a value could make one; a campaign with it does not start.
  if (malformed.length > 0) return text;
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const value = values.get(part.name);
      if (value !== undefined && !BRACE.test(value)) return value;
      return `{{${part.name}${part.fallback === null ? '' : `|${part.fallback}`}}}`;
    })
    .join('');
}

/** Whether a placeholder of a campaign's words stands for something of the campaign, and not of contacts. */
export const isCampaignField = ({ fields }: Pick<Definition, 'fields'>, field: string): boolean =>
  field === CAMPAIGN_NAME || Object.hasOwn(fields, field);

/** They are known to words besides the fields of contacts. */
export const asKnownFields = ({ fields }: Pick<Definition, 'fields'>): ContactField[] =>
  [CAMPAIGN_NAME, ...Object.keys(fields)].map((name) => ({ name, label: name, type: 'text', choices: [] }));

/** What is wrong with them: whose value is meant must be clear to whoever reads a text. */
export function ownFieldFaults(
  definition: Pick<Definition, 'fields' | 'ladder' | 'variants'>,
  { fields: known, name, type }: { fields: readonly ContactField[]; name: string; type: CampaignType },
): CampaignFault[] {
  const { fields } = definition;
  const names = Object.keys(fields);
  if (type === 'drill') {
    return names.length === 0
      ? []
      : [{ pointer: '/fields', message: 'is of campaigns with words of their own: a lesson has its own' }];
  }
  const isOfContacts = (field: string): boolean => known.some((each) => each.name === field);
  const braces = 'has braces: it is put in as it is, and not looked through for fields';
  const usesName = templatesOf(definition).some((text) =>
    fieldsOf(parseTemplate(text)).includes(CAMPAIGN_NAME),
  );
  return [
    ...names.flatMap((field): CampaignFault[] => {
      const pointer = `/fields/${field}`;
      if (field === CAMPAIGN_NAME)
        return [{ pointer, message: 'stands for the name of the campaign: call it otherwise' }];
      if (isOwnField(field) || !fieldNameSchema.safeParse(field).success || isOfContacts(field))
        return [{ pointer, message: 'is a field of contacts too: call it otherwise' }];
      return BRACE.test(fields[field] ?? '') ? [{ pointer, message: braces }] : [];
    }),
    ...(usesName && isOfContacts(CAMPAIGN_NAME)
      ? [
          {
            pointer: '/fields',
            message: `${CAMPAIGN_NAME} is a field of contacts too: texts cannot say which of them they mean`,
          },
        ]
      : []),
    ...(usesName && BRACE.test(name) ? [{ pointer: '/name', message: braces }] : []),
  ];
}
