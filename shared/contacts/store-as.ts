/** As a prompt or a placeholder names a field of contacts: "washing_place" is "washingPlace" there. Pure. */
export const storeAsOf = (field: string): string =>
  field.replace(/_+([a-z0-9]?)/g, (_, next: string) => next.toUpperCase());
