import { v7 } from 'uuid';

const PREFIX = 'xxxxxxxx-xxxx-7xxx-yxxx-'.length;
/** The last 48 bits count, from a random number below half of what they hold. */
const HALF = 2 ** 47;

interface IdsInOrder {
  prefix: string;
  first: number;
}

/**
 * For ids of rows that are made together by a statement: UUIDs of version 7 whose last 48 bits count up from a random number
 * (RFC 9562, 6.2, method 1): `prefix` and, as 12 hexadecimal digits, `first` and those that follow. Others of the same
 * millisecond differ in 26 random bits before those. At most 2 ** 47.
 */
export function idsInOrder(): IdsInOrder {
  const id = v7();
  return { prefix: id.slice(0, PREFIX), first: Number.parseInt(id.slice(PREFIX), 16) % HALF };
}

/** The id at a place of them, from 0. */
export const idAt = ({ first, prefix }: IdsInOrder, place: number): string =>
  prefix + (first + place).toString(16).padStart(12, '0');
