import { ATTRIBUTE, contactTargets, suppressionTargets } from '#shared/imports/columns.ts';

type Kind = 'contacts' | 'suppressions';

/** What a column may be, besides the fields of the organisation. */
export const targetsOf = (kind: Kind): readonly string[] =>
  kind === 'contacts' ? contactTargets : suppressionTargets;

export const isAboutConsent = (target: string): boolean => target.startsWith('consent_');

/** The field of the organisation that a column is; null: it is none of them. */
export const fieldOf = (target: string): string | null =>
  target.startsWith(ATTRIBUTE) ? target.slice(ATTRIBUTE.length) : null;

export const targetOfField = (name: string): string => ATTRIBUTE + name;

/** Whether the columns can be read like this: one has the numbers, and none is what another is. */
export function isWhole(mapping: readonly (string | null)[]): boolean {
  const taken = mapping.filter((target) => target !== null);
  return taken.includes('phone_number') && new Set(taken).size === taken.length;
}
