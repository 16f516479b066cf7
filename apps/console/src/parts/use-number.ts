import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { references } from '../api/client.ts';
import { isReference, type Referred } from '../api/references.ts';
import { useTellWhy } from './use-tell-why.ts';

/** It never changes. */
const asked = (given: string) => ({
  queryKey: ['/v1/phone-references', given],
  queryFn: (): Promise<Referred> => references.of(given),
  staleTime: Number.POSITIVE_INFINITY,
});

/** The number of an address, and how addresses have it. What is drawn waits until it is known. */
export function useNumber(given: string): { phone: string; place: string } {
  const { phoneNumber, reference } = useSuspenseQuery(asked(given)).data;
  return { phone: phoneNumber, place: reference };
}

/** How addresses have a number; undefined: it is not known yet. */
export const useReference = (phone: string): string | undefined => useQuery(asked(phone)).data?.reference;

/** Leads to where a number stands; `drawer`: to something that is done about it. */
export function useGoToNumber(): (phone: string, drawer?: 'opt-out') => void {
  const navigate = useNavigate();
  const tellWhy = useTellWhy();
  return (phone, drawer) =>
    void references.of(phone).then(
      ({ reference }) =>
        navigate({
          to: drawer === undefined ? '/contacts/consent/$phone' : `/contacts/consent/$phone/${drawer}`,
          params: { phone: reference },
        }),
      tellWhy,
    );
}

/** What is searched for as it stands in the address: a whole number by what stands for it. */
export async function asAddress(text: string | undefined, isNumber: (text: string) => boolean) {
  if (text === undefined || !isNumber(text)) return text;
  try {
    return (await references.of(text)).reference;
  } catch {
    // No number after all, or not a whole one: then it is what it is, and the list says so.
    return text;
  }
}

/** What is searched for as people write it. */
export function useSearched(text: string | undefined): string | undefined {
  const isNumber = text !== undefined && isReference(text);
  const { data } = useQuery({ ...asked(text ?? ''), enabled: isNumber });
  return isNumber ? data?.phoneNumber : text;
}
