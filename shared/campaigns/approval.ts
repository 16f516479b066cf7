import type { Campaign } from './store.ts';

/** Whether somebody has approved a campaign to so many people. Of approvals of before nobody wrote down of how many they were. Pure. */
export const isApprovedFor = (
  { approvedAt, approvedContacts }: Pick<Campaign, 'approvedAt' | 'approvedContacts'>,
  contacts: number,
): boolean => approvedAt !== null && (approvedContacts === null || contacts <= approvedContacts);
