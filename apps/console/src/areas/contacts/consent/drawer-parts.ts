import { useNavigate } from '@tanstack/react-router';

/** Leads back to the number, as addresses have it. */
export function useBack(place: string): () => void {
  const navigate = useNavigate();
  return () => void navigate({ to: '/contacts/consent/$phone', params: { phone: place } });
}

/** What of the console shows where people stand. */
export const consentTouches = ['/v1/consents', '/v1/suppressions', '/v1/people'] as const;
