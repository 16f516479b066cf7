import type { CarrierName } from '#shared/contracts/dialog-commands.ts';

/** Carriers that list what they have, for whoever speaks to none: what was missed there is found by a sweep. */
export const listingCarriers: readonly CarrierName[] = ['twilio'];
