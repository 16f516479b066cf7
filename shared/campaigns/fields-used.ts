import type { Filter } from '#shared/contacts/filter.ts';
import type { Definition } from './definition.ts';
import { isCampaignField } from './own-fields.ts';
import { fieldsOf, parseTemplate } from './template.ts';
import { templatesOf } from './templates-of.ts';

/** Every field of contacts that a campaign names: in its texts, in what it says in calls, and in its filter. */
export function fieldsUsed(definition: Definition): ReadonlySet<string> {
  const { filter } = definition.audience;
  const texts = templatesOf(definition)
    .flatMap((text) => fieldsOf(parseTemplate(text)))
    .filter((field) => !isCampaignField(definition, field));
  return new Set([...texts, ...(filter === null ? [] : fieldsOfFilter(filter))]);
}

function fieldsOfFilter(filter: Filter): string[] {
  if ('all' in filter) return filter.all.flatMap(fieldsOfFilter);
  if ('any' in filter) return filter.any.flatMap(fieldsOfFilter);
  if ('not' in filter) return fieldsOfFilter(filter.not);
  return 'field' in filter ? [filter.field] : [];
}
