import { Center, Loader } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { codeOf } from '../api/problem.ts';
import { FaultBox } from '../parts/fault-box.tsx';
import { useTexts } from '../texts/language.tsx';
import { useMeQuery } from './me.ts';
import { shellTexts } from './texts.ts';

const SignIn = lazy(async () => ({ default: (await import('./sign-in.tsx')).SignIn }));

/** Lets whoever is signed in through, and asks everybody else to sign in. */
export function SignInGate({ children }: { children: ReactNode }) {
  const { error, isPending, refetch } = useMeQuery();
  const say = useTexts(shellTexts);
  if (isPending) {
    return (
      <Center h="100dvh">
        <Loader size="sm" aria-label={say('loading')} />
      </Center>
    );
  }
  if (codeOf(error) === 'not_signed_in') {
    return (
      <Suspense>
        <SignIn />
      </Suspense>
    );
  }
  if (error) {
    return (
      <Center h="100dvh" p="md">
        <FaultBox error={error} again={() => void refetch()} />
      </Center>
    );
  }
  return children;
}
