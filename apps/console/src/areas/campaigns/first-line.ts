import type { Campaign } from '#shared/api-client/api-types.ts';

/** What a campaign says first, as far as one line goes: of its first variant, in its default language. */
export function firstLine({ definition }: Pick<Campaign, 'definition'>): string | null {
  const { defaultLanguage, drill, variants } = definition;
  if (drill !== null) return `${drill.programme} · ${drill.drill}`;
  const [variant] = variants;
  if (variant === undefined) return null;
  const call = variant.calls[defaultLanguage] ?? Object.values(variant.calls)[0];
  const spoken = call !== undefined && 'say' in call.message ? call.message.say : null;
  const text = variant.bodies[defaultLanguage] ?? Object.values(variant.bodies)[0] ?? spoken;
  const line = text
    ?.split('\n')
    .map((each) => each.trim())
    .find((each) => each !== '');
  return line ?? null;
}
