import { z } from 'zod';
import type { CampaignFault, Definition, DefinitionFacts } from './definition.ts';

/** Of one campaign. */
const MOST_GROUPS = 5;

export const throttleGroupsSchema = z.array(z.uuid()).max(MOST_GROUPS);

/** Of groups that are not there, and of those that are named twice. */
export function throttleFaults(
  { throttleGroups }: Pick<Definition, 'throttleGroups'>,
  { exists }: Pick<DefinitionFacts, 'exists'>,
): CampaignFault[] {
  return throttleGroups.flatMap((id, index) => {
    const pointer = `/throttleGroups/${index}`;
    return [
      ...(exists.throttleGroup(id) ? [] : [{ pointer, message: 'there is no such throttle group' }]),
      ...(throttleGroups.indexOf(id) < index ? [{ pointer, message: 'is named twice' }] : []),
    ];
  });
}
