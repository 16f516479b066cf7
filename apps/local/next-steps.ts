import { loadContent } from '#shared/drills/content.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/** What a newcomer does next, with a registration code of the programmes in the folder. */
export async function nextSteps(directory: string, ourNumber: PhoneNumber): Promise<string[]> {
  const { programmes } = await loadContent(directory, ourNumber);
  const invitations = programmes.flatMap((programme) => {
    const code = programme.codes.find(({ expiresAt, isDemo }) => expiresAt === null && !isDemo)?.code;
    return code === undefined ? [] : [`text ${code} to take part in "${programme.name}"`];
  });
  return [
    'Be a phone:        npm run phone -- +14155550101',
    ...invitations.slice(0, 1).map((invitation) => `                   and ${invitation}`),
  ];
}
