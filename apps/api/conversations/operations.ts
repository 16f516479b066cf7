import type { Operation } from '../http/operation.ts';
import { type ConversationParts, conversationChanges } from './change-operations.ts';
import { conversationReads } from './read-operations.ts';
import { conversationUndos } from './undo-operations.ts';

/** What people text and what they are answered, number by number. */
export const conversationOperations = (parts: ConversationParts): readonly Operation[] => [
  ...conversationReads(parts),
  ...conversationChanges(parts),
  ...conversationUndos(parts),
];
