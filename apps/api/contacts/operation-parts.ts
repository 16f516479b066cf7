import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { uuid } from '../http/words.ts';

/** What operations on contacts have in common. */

export const tag = 'Contacts';

export const parameters = z.object({ id: uuid });

export const noSuchContact = (): Problem => new Problem('not_found', 'There is no such contact.');
