/** How a text calls for the value of a field. */
export const placeholderOf = (name: string): string => `{{${name}}}`;

/** A name for a field made of its label, as the API takes one: lower case, underscores, beginning with a letter. */
export const nameOf = (label: string): string =>
  label
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
    .slice(0, 40);
