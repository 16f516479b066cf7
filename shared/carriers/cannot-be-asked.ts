import { CarillonError } from '#shared/errors.ts';

/** For carriers that take messages and cannot be asked about them: nobody gets as far as this who looks at what they can do. */
export async function cannotBeAsked(): Promise<never> {
  throw new CarillonError('unavailable', 'this carrier cannot be asked for messages');
}

/** The same, where a list is iterated. */
export async function* nothingToList(): AsyncGenerator<never> {
  yield await cannotBeAsked();
}
