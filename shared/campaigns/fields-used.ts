import type { Filter } from '#shared/contacts/filter.ts';
import { templatesOfCall } from './call-words.ts';
import type { Definition } from './definition.ts';
import { fieldsOf, parseTemplate } from './template.ts';

/** Every field of contacts that a campaign names: in its texts, in what it says in calls, and in its filter. */
export function fieldsUsed({ audience, variants }: Definition): ReadonlySet<string> {
  const texts = variants
    .flatMap(({ bodies, calls }) => [
      ...Object.values(bodies),
      ...Object.values(calls).flatMap((words) => templatesOfCall(words).map(({ text }) => text)),
    ])
    .flatMap((text) => fieldsOf(parseTemplate(text)));
  return new Set([...texts, ...(audience.filter === null ? [] : fieldsOfFilter(audience.filter))]);
}

function fieldsOfFilter(filter: Filter): string[] {
  if ('all' in filter) return filter.all.flatMap(fieldsOfFilter);
  if ('any' in filter) return filter.any.flatMap(fieldsOfFilter);
  if ('not' in filter) return fieldsOfFilter(filter.not);
  return 'field' in filter ? [filter.field] : [];
}
