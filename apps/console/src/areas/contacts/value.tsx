import type { ContactField } from '#shared/api-client/api-types.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { contactTexts } from './texts.ts';

/** A value of an added field as people read it. */
export function ValueOf({
  field,
  value,
}: {
  field: Pick<ContactField, 'type'>;
  value: string | number | boolean | undefined;
}) {
  const say = useTexts(contactTexts);
  const language = useLanguage();
  if (value === undefined) return null;
  if (typeof value === 'boolean') return say(value ? 'yes' : 'no');
  if (typeof value === 'number') return value.toLocaleString(language);
  if (field.type !== 'date') return <span title={value}>{value}</span>;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(value));
}
