import { normaliseLanguage } from '#shared/contracts/drill.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { type Member, memberValue } from './audience-member.ts';
import { type Definition, LONGEST_BODY } from './definition.ts';
import { parseTemplate, renderTemplate, type Template } from './template.ts';

/** What somebody gets, word for word; or why they get nothing. */
export type Composed =
  | { kind: 'text'; body: string; mediaUrls: readonly string[] }
  | { kind: 'skipped'; rule: string };

/** Writes the texts of a campaign, whose templates are taken apart once. */
export function composer({ defaultLanguage, variants }: Pick<Definition, 'defaultLanguage' | 'variants'>) {
  const templates = variants.map(
    ({ bodies }) =>
      new Map(
        Object.entries(bodies).map(([language, body]): [string, Template] => [language, parseTemplate(body)]),
      ),
  );
  return (member: Member): Composed => {
    const variant = variants[member.variant];
    const texts = templates[member.variant];
    if (variant === undefined || texts === undefined) return { kind: 'skipped', rule: 'no_variant' };
    const { mediaUrls } = variant;
    const language = member.language === null ? null : normaliseLanguage(member.language);
    const template = (language === null ? undefined : texts.get(language)) ?? texts.get(defaultLanguage);
    if (template === undefined) {
      return mediaUrls.length > 0
        ? { kind: 'text', body: '', mediaUrls }
        : { kind: 'skipped', rule: 'no_text' };
    }
    const rendered = renderTemplate(template, (field) => memberValue(member, field));
    if (rendered.kind === 'missing') return { kind: 'skipped', rule: `missing_${rendered.fields[0]}` };
    if (rendered.text.length > LONGEST_BODY) return { kind: 'skipped', rule: 'too_long' };
    return { kind: 'text', body: rendered.text, mediaUrls };
  };
}

/** The number that a contact is written to from: always the same while the numbers are. */
export function senderOf(contactId: string, numbers: readonly PhoneNumber[], own: PhoneNumber): PhoneNumber {
  // The end of a version 7 id is random.
  const draw = Number.parseInt(contactId.slice(-8), 16);
  return numbers[draw % Math.max(1, numbers.length)] ?? own;
}
