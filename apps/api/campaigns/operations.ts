import type { Operation } from '../http/operation.ts';
import { commandOperations } from './command-operations.ts';
import { campaignContactOperations } from './contact-operations.ts';
import { courseOperations } from './course/operations.ts';
import { decisionOperations } from './decision-operations.ts';
import { draftOperations } from './draft-operations.ts';
import type { CampaignParts } from './operation-parts.ts';
import { campaignReads } from './read-operations.ts';

/** Campaigns: what they are, what they are told, and what becomes of each contact. */
export const campaignOperations = (parts: CampaignParts): readonly Operation[] => [
  ...campaignReads(parts),
  ...campaignContactOperations(parts),
  ...courseOperations(parts),
  ...draftOperations(parts),
  ...commandOperations(parts),
  ...decisionOperations(parts),
];
