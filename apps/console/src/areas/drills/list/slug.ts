/** Most of a slug, in characters. */
const LONGEST = 100;

/** What a name is called in addresses: lower-case words of plain letters, joined by hyphens. May come to nothing. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-|-$/g, '');
