import type {
  createCarriers as realCreateCarriers,
  createVoice as realCreateVoice,
} from '#shared/carriers/create-carriers.ts';
import { current } from '../current.ts';

export const createCarriers: typeof realCreateCarriers = () => {
  const carrier = current().carrier();
  return new Map([[carrier.name, carrier]]);
};

/** Nobody is called. */
export const createVoice: typeof realCreateVoice = () => null;
