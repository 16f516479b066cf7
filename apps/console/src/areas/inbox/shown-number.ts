const NORTH_AMERICA = /^\+1(\d{3})(\d{3})(\d{4})$/;

/** A number as people read it: (212) 555-0101. One of another country, or a hash in its place, stays as it is. */
export const shownNumber = (number: string): string => number.replace(NORTH_AMERICA, '($1) $2-$3');
